import type pg from "pg";
import { migrate } from "../../server/src/kernel/migrate.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import { withClient } from "../bench-postgres.ts";
import { buildReadModels } from "../stock-of-size.ts";
import { fillPast, type Past } from "./past.ts";

/** How much there is in a house before anybody looks. */
export interface HouseSize extends Past {
  /** Floors on which work goes on, each with stock of its own. */
  readonly floors: number;
}

/** What each floor has at first, by its number. */
export const floorStock = {
  batchSkus: 20,
  pieceSkus: 20,
  batchQty: 2_000,
  piecesPerSku: 40,
  bins: 10,
  /** Pieces that nobody orders, for what is done to pieces besides. */
  spare: 40,
  counted: 5,
} as const;

/** The names of things on a floor. */
export const floorNames = (floor: number) => {
  const at = `F${String(floor).padStart(2, "0")}`;
  return {
    batchSku: (n: number) => `${at}-B${n}`,
    pieceSku: (n: number) => `${at}-P${n}`,
    spareSku: `${at}-X`,
    bin: (n: number) => `${at}-${String(n).padStart(2, "0")}`,
    /** Two bins between which spare pieces are moved, and one that is counted. */
    spareBin: (n: 0 | 1) => `${at}-X${n}`,
    countedBin: `${at}-Z`,
    lpn: (n: number) => `${at}-L${n}`,
    spareLpn: (n: number) => `${at}-X${n}`,
    countedLpn: (n: number) => `${at}-Z${n}`,
  };
};

/** Fills an empty database with a house of this size, and builds its read models over it. */
export async function fillHouse(url: string, size: HouseSize): Promise<void> {
  await migrate({ databaseUrl: url, schemas: defaultSchemas, readModels: [] });
  await withClient(url, async (client) => {
    await client.query("set search_path = selvedge");
    for (let floor = 0; floor < size.floors; floor += 1) await fillFloor(client, floor);
    await fillPast(client, size);
  });
  await buildReadModels(url);
  await withClient(url, async (client) => {
    await client.query("vacuum analyze");
    await client.query("checkpoint");
  });
}

async function fillFloor(client: pg.Client, floor: number): Promise<void> {
  const { batchSkus, pieceSkus, batchQty, piecesPerSku, bins, spare, counted } = floorStock;
  const names = floorNames(floor);
  const range = <T>(count: number, of: (n: number) => T) =>
    Array.from({ length: count }, (_, n) => of(n));
  const batches = range(batchSkus, (n) => [names.batchSku(n), names.bin(n % bins)]);
  const pieces = [
    ...range(pieceSkus * piecesPerSku, (n) => [
      ...[names.lpn(n), names.pieceSku(n % pieceSkus), names.bin(n % bins)],
    ]),
    ...range(spare, (n) => [names.spareLpn(n), names.spareSku, names.spareBin(0)]),
    ...range(counted, (n) => [names.countedLpn(n), names.spareSku, names.countedBin]),
  ];
  const codes = [...range(bins, names.bin), names.spareBin(0), names.spareBin(1), names.countedBin];
  await client.query(
    `insert into variant (tenant, sku, style, brand, category, version)
     select 'default', sku, 'BENCH', 'brand ' || n % 7, 'category ' || n % 5, 1
     from unnest($1::text[]) with ordinality as skus (sku, n)`,
    [[...batches.map(([sku]) => sku), ...range(pieceSkus, names.pieceSku), names.spareSku]],
  );
  await client.query(
    `insert into sku_stock (tenant, warehouse, sku, grade, version)
     select 'default', 'main', sku, 'N', 1 from unnest($1::text[]) as skus (sku)`,
    [batches.map(([sku]) => sku)],
  );
  await client.query(
    `insert into batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at, bin)
     select 'default', sku || '/1', 'main', sku, 'N', $3, 0, now(), bin
     from unnest($1::text[], $2::text[]) as batches (sku, bin)`,
    [batches.map(([sku]) => sku), batches.map(([, bin]) => bin), batchQty],
  );
  await client.query(
    `insert into garment (tenant, lpn, warehouse, sku, owner, grade, disposition, status, bin,
       inbound_id, inbound_line, received_at, graded_at, stored_at, moved_at, version)
     select 'default', lpn, 'main', sku, 'own', 'A', 'sell', 'stored', bin,
       gen_random_uuid(), 1, now(), now(), now() - interval '1 day' + n * interval '1 ms', now(), 1
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as pieces (lpn, sku, bin, n)`,
    [0, 1, 2].map((column) => pieces.map((piece) => piece[column])),
  );
  await client.query(
    `insert into bin (tenant, warehouse, code, zone, pick_sequence, kind, capacity, occupied,
       version)
     select 'default', 'main', code, $2, n, 'pick', 1000000,
       (select count(*) from garment where bin = code)
         + (select coalesce(sum(qty), 0) from batch where bin = code), 1
     from unnest($1::text[]) with ordinality as bins (code, n)`,
    [codes, names.bin(0)],
  );
}
