import { randomUUID } from "node:crypto";
import type pg from "pg";

/*
 * The least that it takes to promise a line one piece without selling it twice: a guarded update
 * (`where qty - allocated >= 1`), with the rows that the command writes beside it. Everything but
 * the commit goes out at once, so the batch's row is held for one round trip.
 */

/** A connection that sends statements without waiting for the answers of those before. */
export type Pipelined = pg.Client;

const orderSql = `insert into selvedge.sales_order (tenant, id, channel, external_ref, warehouse,
    priority, ordered_at, status, version)
  values ('default', $1, 'bench', $2, 'main', 0, now(), 'open', 1)`;
const lineSql = `insert into selvedge.order_line (tenant, order_id, line, sku, grade, qty)
  values ('default', $1, 1, $2, 'N', 1)`;
const logSql = `insert into selvedge.command_log
    (tenant, partner, command_id, procedure, input_hash, answer, actor)
  values ('default', 'bench', $1, $2, 'x', '{}', 'bench')`;
const allocateSql = `with taken as (
    update selvedge.batch set allocated = allocated + 1
    where tenant = 'default' and ref = $2 and qty - allocated >= 1 returning sku
  ), stock as (
    update selvedge.sku_stock as s set version = version + 1 from taken
    where s.tenant = 'default' and s.warehouse = 'main' and s.sku = taken.sku and s.grade = 'N'
    returning s.sku, s.version
  ), journaled as (
    insert into selvedge.journal (tenant, kind, id, version, type, data, partner, command_id, actor)
    select 'default', 'SkuStock', 'main/' || sku || '/N', version, 'LineAllocated',
      jsonb_build_object('orderId', $1::uuid, 'line', 1, 'qty', 1, 'batch', $2::text),
      'bench', $3, 'bench'
    from stock
  )
  insert into selvedge.allocation
    (tenant, order_id, line, warehouse, sku, grade, batch, qty, priority)
  select 'default', $1, 1, 'main', sku, 'N', $2, 1, 0 from stock`;
const placedSql = `insert into selvedge.journal
    (tenant, kind, id, version, type, data, partner, command_id, actor)
  values ('default', 'Order', $1, 1, 'OrderPlaced', $2, 'bench', $3, 'bench')`;

/** Places an order of one piece and promises it one of a batch. */
export function placeRaw(client: Pipelined, sku: string, batch: string): Promise<void> {
  const [orderId, commandId] = [randomUUID(), randomUUID()];
  const placed = JSON.stringify({ channel: "bench", externalRef: orderId, lines: 1, qty: 1 });
  return inOneGo(client, [
    { name: "order", text: orderSql, values: [orderId, orderId] },
    { name: "line", text: lineSql, values: [orderId, sku] },
    { name: "log", text: logSql, values: [commandId, "orders.placeOrder"] },
    { name: "placed", text: placedSql, values: [orderId, placed, commandId] },
    { name: "allocate", text: allocateSql, values: [orderId, batch, commandId] },
  ]);
}

/** Promises the line of an order that waits one piece of a batch. */
export function allocateRaw(client: Pipelined, orderId: string, batch: string): Promise<void> {
  const commandId = randomUUID();
  return inOneGo(client, [
    { name: "log", text: logSql, values: [commandId, "stock.allocateLine"] },
    { name: "allocate", text: allocateSql, values: [orderId, batch, commandId] },
  ]);
}

async function inOneGo(client: Pipelined, statements: readonly pg.QueryConfig[]): Promise<void> {
  const begun = client.query("begin");
  const sent = statements.map((statement) => client.query(statement));
  const answers = await Promise.allSettled([begun, ...sent]);
  const failed = answers.find((answer) => answer.status === "rejected");
  const last = answers.at(-1);
  const isTaken = last?.status === "fulfilled" && last.value.rowCount === 1;
  await client.query(isTaken ? "commit" : "rollback");
  if (failed) throw failed.reason;
  if (!isTaken) throw new Error("There was nothing left.");
}
