import { randomUUID } from "node:crypto";
import type pg from "pg";

/**
 * What `placeOrder` sends to PostgreSQL, statement by statement, by the driver alone: the yardstick
 * for what the command costs beside its statements.
 */
export async function placeOrderRaw(pool: pg.Pool, sku: string, ref: string): Promise<void> {
  const client = await pool.connect();
  const run = (text: string, values: unknown[] = []) => client.query(text, values);
  const orderId = randomUUID();
  const commandId = randomUUID();
  try {
    await run("begin");
    await run(
      `select tenant, sku, style, brand, colour, size, size_system, category, material, version
       from selvedge.variant where tenant = $1 and sku = any ($2::text[])`,
      ["default", [sku]],
    );
    await run(
      `insert into selvedge.sales_order (tenant, id, channel, external_ref, warehouse, priority,
         ship_by, carrier_service, ordered_at, status, version)
       values ($1, $2, 'bench', $3, 'main', 0, null, null, now(), 'open', 1)`,
      ["default", orderId, ref],
    );
    const stock = await run(
      `select tenant, warehouse, sku, grade, version from selvedge.sku_stock
       where tenant = $1 and warehouse = $2 and sku = $3 and grade = $4
       order by warehouse, sku, grade for update`,
      ["default", "main", sku, "N"],
    );
    const batches = await run(
      `select tenant, ref, warehouse, sku, grade, qty, allocated, eta, received_at, sequence
       from selvedge.batch where tenant = $1 and warehouse = $2 and sku = $3 and grade = $4`,
      ["default", "main", sku, "N"],
    );
    const { ref: batch, allocated } = batches.rows[0];
    const version = stock.rows[0].version + 1;
    await run(
      `insert into selvedge.order_line (tenant, order_id, line, sku, grade, qty, price_cents)
       values ($1, $2, 1, $3, 'N', 1, null)`,
      ["default", orderId, sku],
    );
    await run(
      `insert into selvedge.allocation (tenant, order_id, line, warehouse, sku, grade, batch, qty,
         priority, ship_by) values ($1, $2, 1, 'main', $3, 'N', $4, 1, 0, null) returning sequence`,
      ["default", orderId, sku, batch],
    );
    await run(
      `update selvedge.sku_stock set version = $3
       where tenant = $1 and warehouse = 'main' and sku = $2 and grade = 'N' and version = $4`,
      ["default", sku, version, version - 1],
    );
    await run("update selvedge.batch set allocated = $3 where tenant = $1 and ref = $2", [
      "default",
      batch,
      allocated + 1,
    ]);
    await run(
      `with logged as (
         insert into selvedge.command_log
           (tenant, partner, command_id, procedure, input_hash, answer, actor)
         values ($1, 'bench', $2, 'orders.placeOrder', 'x', $3, 'bench')
       ), journaled as (
         insert into selvedge.journal
           (tenant, kind, id, version, type, data, partner, command_id, actor)
         select $1, kind, id, version, type, data, 'bench', $2, 'bench'
         from jsonb_to_recordset($4)
           as entry (kind text, id text, version int, type text, data jsonb)
       ) select pg_current_xact_id()::text as xid`,
      ["default", commandId, "{}", JSON.stringify(events(orderId, sku, batch, version, ref))],
    );
    await run("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

function events(orderId: string, sku: string, batch: string, version: number, ref: string) {
  const placed = { channel: "bench", externalRef: ref, warehouse: "main", lines: 1, qty: 1 };
  const allocated = { orderId, line: 1, qty: 1, batch };
  return [
    { kind: "Order", id: orderId, version: 1, type: "OrderPlaced", data: placed },
    { kind: "SkuStock", id: `main/${sku}/N`, version, type: "LineAllocated", data: allocated },
  ];
}
