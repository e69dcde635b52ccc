import { defineEntity, p } from "@mikro-orm/postgresql";
import type { GarmentStatus } from "./garment-life.ts";

/** Something wrong with a piece. */
export interface Defect {
  readonly kind: string;
  readonly place: string;
  readonly severity: "minor" | "major";
  readonly photo?: string | undefined;
}

/** A grade as the house's settings define it. */
export interface GradeRule {
  readonly code: string;
  readonly sellable: boolean;
  readonly forbidsWear: boolean;
}

/** What is to become of a graded piece. */
export type Disposition = "sell" | "donate" | "recycle" | "returnToOwner";

/** An order line, as a piece is reserved for it. */
export interface ReservedFor {
  readonly orderId: string;
  readonly line: number;
}

/** A piece as it comes in at the dock. */
export interface GarmentToReceive {
  readonly tenant: string;
  readonly lpn: string;
  readonly warehouse: string;
  readonly sku: string;
  readonly consignor: string | null;
  readonly inboundId: string;
  readonly inboundLine: number;
  readonly at: Date;
}

/** How a garment is stored. */
export const GarmentSchema = defineEntity({
  name: "Garment",
  tableName: "garment",
  properties: {
    tenant: p.text().primary(),
    lpn: p.text().primary(),
    warehouse: p.text(),
    sku: p.text(),
    owner: p.text().$type<"own" | "consignor">(),
    consignor: p.text().nullable(),
    grade: p.text().nullable(),
    gradeBefore: p.text().nullable(),
    defects: p.json().$type<readonly Defect[]>(),
    disposition: p.text().$type<Disposition>().nullable(),
    status: p.text().$type<GarmentStatus>(),
    bin: p.text().nullable(),
    orderId: p.uuid().nullable(),
    orderLine: p.integer().nullable(),
    reservedUntil: p.datetime().nullable(),
    inboundId: p.uuid(),
    inboundLine: p.integer(),
    receivedAt: p.datetime(),
    gradedAt: p.datetime().nullable(),
    storedAt: p.datetime().nullable(),
    movedAt: p.datetime(),
    version: p.integer().concurrencyCheck(),
  },
});
