import type { House } from "./house.ts";

type Database = Pick<House["database"], "query">;

/** Puts up bins for picking, in the order of the walk: the first has the pick sequence 10. */
export async function putUpBins({ query }: Database, ...codes: readonly string[]): Promise<void> {
  await query(
    `with put_up as (
       insert into selvedge.bin (tenant, warehouse, code, zone, pick_sequence, kind, capacity,
         version)
       select 'default', 'main', code, 'A', place * 10, 'pick', 500, 1
       from unnest($1::text[]) with ordinality as codes (code, place)
       returning code
     )
     ${journalSql} select 'default', 'Bin', 'main/' || code, 1, 'BinRegistered', '{}',
       'spec', 'fixture', 'spec' from put_up`,
    [codes],
  );
}

/** Stores single pieces of a SKU in a bin, in grade B and for sale, the first one the longest. */
export async function storePieces(
  { query }: Database,
  { sku, bin }: { sku: string; bin: string },
  ...lpns: readonly string[]
): Promise<void> {
  await query(
    `with stored as (
       insert into selvedge.garment (tenant, lpn, warehouse, sku, owner, grade, disposition, status,
         bin, inbound_id, inbound_line, received_at, graded_at, stored_at, moved_at, version)
       select 'default', lpn, 'main', $2, 'own', 'B', 'sell', 'stored', $3, gen_random_uuid(), 1,
         now(), now(), now() + place * interval '1 ms', now(), 1
       from unnest($1::text[]) with ordinality as lpns (lpn, place)
       returning lpn
     )
     ${journalSql} select 'default', 'Garment', lpn, 1, 'GarmentReceived', '{}',
       'spec', 'fixture', 'spec' from stored`,
    [lpns, sku, bin],
  );
  await query(
    "update selvedge.bin set occupied = occupied + $2 where tenant = 'default' and code = $1",
    [bin, lpns.length],
  );
}

/** Puts a batch into a bin, as if it had been there all the time. */
export async function putBatch({ query }: Database, ref: string, bin: string): Promise<void> {
  await query("update selvedge.batch set bin = $2 where tenant = 'default' and ref = $1", [
    ref,
    bin,
  ]);
  await query(
    `update selvedge.bin set occupied = occupied
       + (select qty from selvedge.batch where tenant = 'default' and ref = $1)
     where tenant = 'default' and code = $2`,
    [ref, bin],
  );
}

/** Sells pieces of a SKU in grade B, as single pieces are. */
export async function sellPieces(
  house: House,
  sku: string,
  qty: number,
  more: Parameters<House["sells"]>[1] = {},
) {
  return house.sells({}, { lines: [{ sku, qty, grade: "B" }], ...more });
}

/** Plans a wave of orders and releases it; whoever is signed in picks. */
export async function releasedWave(house: House, ...orderIds: readonly string[]) {
  const { data } = await house.client.waves.planWave({ orderIds });
  await house.client.waves.releaseWave({ waveId: data.waveId });
  return data;
}

const journalSql = `insert into selvedge.journal
  (tenant, kind, id, version, type, data, partner, command_id, actor)`;
