import { Garment } from "./garment.ts";
import type { Disposition, GradeRule } from "./garment-facts.ts";
import type { GarmentStatus } from "./garment-life.ts";

/** A day of March 2026. */
export const march = (day: number) => new Date(Date.UTC(2026, 2, day));

/** The order line that has the piece, where one has. */
export const itsLine = { orderId: "0199c0de-0000-4000-8000-00000000000a", line: 2 };

/** Any other order line. */
export const anotherLine = { orderId: "0199c0de-0000-4000-8000-00000000000b", line: 2 };

/** The bin in which the piece lies, where it lies in one. */
export const itsBin = "A-01";

/** A house's grades: new with tags, two that are sold, and one that is not. */
export const grades = {
  N: { code: "N", sellable: true, forbidsWear: true },
  A: { code: "A", sellable: true, forbidsWear: false },
  B: { code: "B", sellable: true, forbidsWear: false },
  D: { code: "D", sellable: false, forbidsWear: false },
} as const satisfies Record<string, GradeRule>;

/** A stain on the sleeve: wear. */
export const stain = { kind: "stain", place: "sleeve", severity: "minor" } as const;

/** A seam that was never closed: no wear. */
export const openSeam = { kind: "production", place: "hem", severity: "major" } as const;

/** The inbound by which pieces of these specs came in. */
export const itsInbound = { inboundId: "0199c0de-0000-4000-8000-00000000000c", inboundLine: 1 };

const ungraded: readonly GarmentStatus[] = ["received", "rework"];
const binned: readonly GarmentStatus[] = ["stored", "reserved", "quarantined"];
const promised: readonly GarmentStatus[] = ["reserved", "picked", "packed", "shipped"];
const decided: Partial<Record<GarmentStatus, Disposition | null>> = {
  ...{ received: null, rework: null },
  ...{ donated: "donate", recycled: "recycle", returnedToOwner: "returnToOwner" },
};

/** A consigned piece of grade A at some point of its life, with what belongs to that point. */
export function aGarment(status: GarmentStatus, facts: Partial<Garment> = {}): Garment {
  const isGraded = !ungraded.includes(status);
  const line = promised.includes(status) ? itsLine : null;
  const garment = Object.assign(new Garment(), {
    ...{ tenant: "t", lpn: "L-1", warehouse: "main", sku: "TEE", ...itsInbound, status },
    ...{ owner: "consignor" as const, consignor: "anna", gradeBefore: null, defects: [] },
    ...{ grade: isGraded ? "A" : null, gradedAt: isGraded ? march(2) : null },
    disposition: decided[status] === undefined ? ("sell" as const) : decided[status],
    bin: binned.includes(status) ? itsBin : null,
    ...{ orderId: line?.orderId ?? null, orderLine: line?.line ?? null, reservedUntil: null },
    ...{ receivedAt: march(1), storedAt: isGraded ? march(3) : null, movedAt: march(3) },
  });
  return Object.assign(garment, { version: 5 }, facts);
}
