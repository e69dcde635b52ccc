import { randomUUID } from "node:crypto";
import type { RegisterBinInput } from "@selvedge/sdk";
import { expect } from "vitest";
import type { House } from "./house.ts";

/** A piece as a test tells it; what is not told is nothing special. */
export interface PieceTold {
  readonly lpn: string;
  readonly sku?: string;
  readonly warehouse?: string;
  readonly grade?: string | null;
  readonly disposition?: "sell" | null;
  readonly status?: string;
  readonly bin?: string | null;
  readonly tenant?: string;
  readonly receivedAt?: string;
}

/**
 * Writes down, with their events, that pieces have come in and been graded to be sold, or what is
 * told; one that is told a bin lies in it, and one that is told so there is stored.
 */
export async function hasPieces(house: House, ...told: readonly PieceTold[]): Promise<void> {
  for (const { lpn, sku = "TEE", warehouse = "main", tenant = "default", ...more } of told) {
    const { grade = "A", disposition = "sell", bin = null, receivedAt = null } = more;
    const status = more.status ?? (bin === null ? "graded" : "stored");
    await house.database.query(
      `with inbound as (
         insert into selvedge.inbound
           (tenant, id, source, ref, kind, warehouse, status, announced_at, version)
         values ($1, $2::text::uuid, 'spec', $2, 'supplier', $3, 'receiving', now(), 1) returning id
       ), garment as (
         insert into selvedge.garment
           (tenant, lpn, warehouse, sku, owner, grade, disposition, status, bin, inbound_id,
            inbound_line, received_at, graded_at, stored_at, moved_at, version)
         select $1, $4, $3, $5, 'own', $6, $7, $8, $9, id, 1, at, at,
           case when $9::text is not null then at end, at, 1
         from inbound, (values (coalesce($10::timestamptz, now()))) as received (at)
       ), bin as (
         update selvedge.bin set occupied = occupied + 1
         where tenant = $1 and warehouse = $3 and code = $9
       )
       insert into selvedge.journal
         (tenant, kind, id, version, type, data, partner, command_id, actor)
       values ($1, 'Inbound', $2, 1, 'InboundAnnounced', '{}', 'spec', $2, 'spec'),
         ($1, 'Garment', $4, 1, 'GarmentReceived', '{}', 'spec', $2, 'spec')`,
      [tenant, randomUUID(), warehouse, lpn, sku, grade, disposition, status, bin, receivedAt],
    );
  }
}

/** What is known of a piece. */
export async function pieceOf(house: House, lpn: string) {
  const [row] = await house.database.query(
    `select status, disposition, bin, order_id as "orderId", version from selvedge.garment
     where tenant = 'default' and lpn = $1`,
    [lpn],
  );
  return row;
}

/** Registers a bin for ten pieces that pickers take from, or what is told. */
export async function hasBin(
  house: House,
  code: string,
  more: Partial<RegisterBinInput> = {},
): Promise<void> {
  const facts = { zone: "A", pickSequence: 1, kind: "pick", capacity: 10 } as const;
  await house.client.bins.registerBin({ code, ...facts, ...more });
}

/** How many pieces lie in a bin by its books, and how its count stands. */
export async function binOf(house: House, code: string) {
  const [row] = await house.database.query(
    `select occupied, count_state as "countState", count_reason as "countReason"
     from selvedge.bin where tenant = 'default' and warehouse = 'main' and code = $1`,
    [code],
  );
  return row;
}

/** Expects every bin's books to say what lies in it, and every history to be whole. */
export async function expectSoundBooks(house: House): Promise<void> {
  const wrong = await house.database.query(
    `select b.tenant, b.warehouse, b.code, b.occupied, lying.pieces
     from selvedge.bin as b cross join lateral (
       select (select count(*) from selvedge.garment as g
           where g.tenant = b.tenant and g.warehouse = b.warehouse and g.bin = b.code)
         + (select coalesce(sum(qty), 0) from selvedge.batch as l
           where l.tenant = b.tenant and l.warehouse = b.warehouse and l.bin = b.code) as pieces
     ) as lying
     where b.occupied <> lying.pieces`,
  );
  expect(wrong).toEqual([]);
  expect(await house.gaps()).toEqual([]);
}

/** Puts pieces of a SKU of their own into a bin and sells so many; answers the order's id. */
export async function sellsPieces(
  house: House,
  { sku, bin, lpns, qty = 1 }: { sku: string; bin: string; lpns: readonly string[]; qty?: number },
): Promise<string> {
  await house.client.catalogue.registerVariant({ sku });
  await hasBin(house, bin);
  for (const lpn of lpns) await hasPieces(house, { lpn, sku, bin });
  const lines = [{ sku, grade: "A", qty }];
  const { orderId, lines: sold } = await house.sells({}, { lines });
  expect(sold[0]?.lpns).toEqual(lpns.slice(0, qty));
  return orderId;
}
