import type { House } from "./house.ts";

/** A journal row beside a change that a test makes by itself; versions keep their order. */
async function journal(
  { database }: House,
  of: { kind: string; id: string; version: number; type: string; data: object },
): Promise<void> {
  await database.query(
    `insert into selvedge.journal
       (tenant, kind, id, version, type, data, partner, command_id, actor)
     values ('default', $1, $2, $3, $4, $5, 'spec', gen_random_uuid()::text, 'spec')`,
    [of.kind, of.id, of.version, of.type, JSON.stringify(of.data)],
  );
}

/** A picker has taken the batch pieces of an order's line. */
export async function picked(house: House, orderId: string, line = 1): Promise<void> {
  const [of] = await house.database.query<Record<string, string | number>>(
    `with line as (
       update selvedge.allocation set state = 'picked' where order_id = $1 and line = $2
       returning *
     ), taken as (
       update selvedge.batch as b set picked = picked + line.qty from line where b.ref = line.batch
     )
     update selvedge.sku_stock as s set version = version + 1 from line
     where (s.warehouse, s.sku, s.grade) = (line.warehouse, line.sku, line.grade)
     returning s.warehouse, s.sku, s.grade, s.version, line.qty, line.batch`,
    [orderId, line],
  );
  if (!of) throw new Error("The line has no batch.");
  const { warehouse, sku, grade, version, qty, batch } = of;
  const id = [warehouse, sku, grade].join("/");
  const data = { orderId, line, batch, qty };
  await journal(house, {
    kind: "SkuStock",
    id,
    version: Number(version),
    type: "BatchPicked",
    data,
  });
}

/** A single piece that is picked for an order's line. */
export async function pickedPiece(
  house: House,
  lpn: string,
  {
    orderId,
    line,
    sku,
    grade = "A",
  }: { orderId: string; line: number; sku: string; grade?: string },
): Promise<void> {
  await house.database.query(
    `insert into selvedge.garment (tenant, lpn, warehouse, sku, owner, grade, disposition, status,
       order_id, order_line, inbound_id, inbound_line, received_at, moved_at, version)
     values ('default', $1, 'main', $2, 'own', $3, 'sell', 'picked', $4, $5, gen_random_uuid(), 1,
       now(), now(), 1)`,
    [lpn, sku, grade, orderId, line],
  );
  await journal(house, {
    ...{ kind: "Garment", id: lpn, version: 1, type: "GarmentPicked" },
    data: { orderId, line, from: null },
  });
}
