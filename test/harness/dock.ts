import { randomUUID } from "node:crypto";
import type { House } from "./house.ts";

const dayMs = 86_400_000;

/** An announcement of these pieces of each SKU by a supplier; answers its id. */
export async function announces(
  house: House,
  wanted: Readonly<Record<string, number>>,
  kind: "supplier" | "seller" = "supplier",
): Promise<string> {
  const lines = Object.entries(wanted).map(([sku, qty]) => ({ sku, qty }));
  for (const { sku } of lines) await house.client.catalogue.registerVariant({ sku });
  const facts = { source: "nordic-supply", ref: randomUUID(), kind, lines };
  return (await house.client.inbound.announceInbound(facts)).data.inboundId;
}

/** A customer sends pieces of an order's line back; answers the inbound's id. */
export async function sendsBack(
  house: House,
  { orderId, orderLine = 1, ...line }: Omit<Shipped, "daysAgo"> & { orderLine?: number },
): Promise<string> {
  const lines = [{ sku: line.sku, qty: line.qty ?? 1, orderLine }];
  const facts = { source: "shop", ref: randomUUID(), kind: "return" as const, orderId, lines };
  return (await house.client.inbound.announceInbound(facts)).data.inboundId;
}

/** Pieces of an order's first line that a carrier took over some days ago. */
export interface Shipped {
  readonly orderId: string;
  readonly sku: string;
  readonly qty?: number;
  readonly daysAgo?: number;
}

/** Writes down, with its event, that a carrier has a parcel of an order's line. */
export async function isShipped(
  house: House,
  { orderId, sku, qty = 1, daysAgo = 1 }: Shipped,
  from: { lpn: string } | { batch: string } = { batch: `${sku}/1` },
  status: "handedOver" | "delivered" | "lost" = "delivered",
): Promise<void> {
  const shipment = randomUUID();
  const at = new Date(Date.now() - daysAgo * dayMs);
  await house.database.query(
    `insert into selvedge.shipment
       (tenant, id, order_id, warehouse, status, packed_at, handed_over_at, version)
     values ('default', $1, $2, 'main', $3, $4, $4, 1)`,
    [shipment, orderId, status, at],
  );
  await house.database.query(
    `insert into selvedge.parcel_item
       (tenant, shipment_id, item, order_id, line, sku, grade, lpn, batch, qty)
     values ('default', $1, 1, $2, 1, $3, 'N', $4, $5, $6)`,
    [
      ...[shipment, orderId, sku],
      ...["lpn" in from ? from.lpn : null, "batch" in from ? from.batch : null, qty],
    ],
  );
  await happens(house, { kind: "Shipment", id: shipment, type: "ParcelHandedOver" });
}

/** Takes a new piece in under a plate and ships it for an order's first line. */
export async function hasLeft(house: House, lpn: string, shipped: Shipped): Promise<void> {
  const inboundId = await announces(house, { [shipped.sku]: 1 });
  await house.client.inbound.receivePiece({ inboundId, line: 1, lpn });
  await house.client.garments.gradeGarment({ lpn, grade: "A" });
  await house.database.query(
    `update selvedge.garment set status = 'shipped', disposition = 'sell', order_id = $2,
       order_line = 1, version = version + 1 where lpn = $1`,
    [lpn, shipped.orderId],
  );
  await happens(house, { kind: "Garment", id: lpn, type: "GarmentShipped" });
  await isShipped(house, shipped, { lpn });
}

/** Puts an event into the journal as the next one of its aggregate. */
export async function happens(
  house: House,
  { kind, id, type }: { kind: string; id: string; type: string },
): Promise<void> {
  await house.database.query(
    `insert into selvedge.journal
       (tenant, kind, id, version, type, data, partner, command_id, actor)
     select 'default', $1, $2, count(*) + 1, $3, '{}', 'spec', $4, 'spec'
     from selvedge.journal where tenant = 'default' and kind = $1 and id = $2`,
    [kind, id, type, randomUUID()],
  );
}

/** A bin of the main warehouse with room for so many pieces. */
export async function hasBin(
  house: House,
  code: string,
  { kind = "pick", capacity = 10, countState = "none" } = {},
): Promise<void> {
  await house.database.query(
    `insert into selvedge.bin
       (tenant, warehouse, code, zone, pick_sequence, kind, capacity, count_state, version)
     values ('default', 'main', $1, 'Z', 1, $2, $3, $4, 1)`,
    [code, kind, capacity, countState],
  );
  await happens(house, { kind: "Bin", id: `main/${code}`, type: "BinRegistered" });
}

/** How many pieces lie in a bin, as its books say. */
export async function occupiedOf(house: House, code: string): Promise<number | undefined> {
  const [row] = await house.database.query<{ occupied: number }>(
    "select occupied from selvedge.bin where tenant = 'default' and code = $1",
    [code],
  );
  return row?.occupied;
}

/** A piece comes in from a supplier, or for a consignor. */
export async function comesIn(
  house: House,
  lpn: string,
  { sku = "TEE", consignor }: { sku?: string; consignor?: string } = {},
): Promise<void> {
  const inboundId = await announces(house, { [sku]: 1 });
  const of = consignor === undefined ? {} : { consignor };
  await house.client.inbound.receivePiece({ inboundId, line: 1, lpn, ...of });
}

/** Writes down, with its event, that a piece which is to be sold lies in a bin. */
export async function liesIn(
  house: House,
  lpn: string,
  bin: string,
  status: "stored" | "reserved" = "stored",
): Promise<void> {
  const order = status === "reserved" ? [randomUUID(), 1] : [null, null];
  await house.database.query(
    `update selvedge.garment set status = $3, disposition = 'sell', bin = $2, stored_at = now(),
       order_id = $4, order_line = $5, version = version + 1 where lpn = $1`,
    [lpn, bin, status, ...order],
  );
  await happens(house, { kind: "Garment", id: lpn, type: "GarmentStored" });
  await house.database.query(
    "update selvedge.bin set occupied = occupied + 1 where tenant = 'default' and code = $1",
    [bin],
  );
}

/** What is known of a piece. */
export async function pieceOf(house: House, lpn: string) {
  const [row] = await house.database.query(
    `select status, grade, grade_before as "gradeBefore", defects, disposition, bin
     from selvedge.garment where tenant = 'default' and lpn = $1`,
    [lpn],
  );
  return row;
}
