import { randomUUID } from "node:crypto";
import type pg from "pg";

const text = `with taken as (
    update selvedge.batch set allocated = allocated + 1
    where tenant = 'default' and ref = $1 and allocated < qty returning warehouse, sku, grade
  ), logged as (
    insert into selvedge.command_log
      (tenant, partner, command_id, procedure, input_hash, answer, actor)
    select 'default', 'bench', $2, 'stock.take', 'x', '{}', 'bench' from taken
  )
  insert into selvedge.journal
    (tenant, kind, id, version, type, data, partner, command_id, actor)
  select 'default', 'Batch', $2, 1, 'PieceTaken', jsonb_build_object('sku', sku),
    'bench', $2, 'bench' from taken`;

/**
 * The least that a command on stock can be, as one statement: a guarded update of a batch, its log
 * row and its journal row.
 */
export async function takePieceRaw(pool: pg.Pool, ref: string): Promise<void> {
  const { rowCount } = await pool.query({ name: "take", text, values: [ref, randomUUID()] });
  if (rowCount !== 1) throw new Error(`Nothing could be taken from ${ref}.`);
}
