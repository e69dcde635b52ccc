import { randomUUID } from "node:crypto";
import { isSelvedgeError, Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

let it: TestSelvedge;
beforeAll(async () => {
  it = await startSelvedge();
  await it.client.catalogue.registerVariant({ sku: "TEE", colour: "Red" });
  await it.client.stock.addBatch({ ref: "tees", sku: "TEE", qty: 1_000 });
});
afterAll(() => it.stop());

const order = (externalRef: string, qty = 1) => ({
  channel: "shop",
  externalRef,
  lines: [{ sku: "TEE", qty }],
});

async function count(table: string, where = "true", values: unknown[] = []): Promise<number> {
  const rows = await it.database.query<{ n: number }>(
    `select count(*)::int as n from selvedge.${table} where ${where}`,
    values,
  );
  return rows[0]?.n ?? -1;
}

/** Everything the write side holds, so that "nothing changed" can be said of all of it. */
const everything = () =>
  it.database.query(
    `select (select count(*) from selvedge.journal) as journal,
      (select count(*) from selvedge.command_log) as commands,
      (select count(*) from selvedge.sales_order) as orders,
      (select count(*) from selvedge.order_line) as lines,
      (select count(*) from selvedge.allocation) as allocations,
      (select sum(allocated) from selvedge.batch) as allocated,
      (select sum(version) from selvedge.sku_stock) as versions`,
  );

describe("a command with an id that was used before", () => {
  test("and the same body is applied once and answers the same again", async () => {
    const commandId = randomUUID();
    const first = await it.client.orders.placeOrder(order("same"), { commandId });
    const before = await everything();
    const again = await it.client.orders.placeOrder(order("same"), { commandId });
    expect(again).toEqual({ ...first, repeated: true });
    expect(first.repeated).toBe(false);
    expect(await everything()).toEqual(before);
  });

  test("is the same whatever the order of its keys", async () => {
    const commandId = randomUUID();
    const { data } = await it.client.orders.placeOrder(order("keys"), { commandId });
    const { channel, externalRef, lines } = order("keys");
    const turned = { lines: lines.map(({ sku, qty }) => ({ qty, sku })), externalRef, channel };
    expect((await it.client.orders.placeOrder(turned, { commandId })).data).toEqual(data);
  });

  test("and another body is refused, and nothing changes", async () => {
    const commandId = randomUUID();
    await it.client.orders.placeOrder(order("reused"), { commandId });
    const before = await everything();
    const reused = it.client.orders.placeOrder(order("reused", 2), { commandId });
    await expect(reused).rejects.toMatchObject({ code: "COMMAND_ID_REUSED", retryable: false });
    expect(await everything()).toEqual(before);
  });

  test("and another procedure is refused as well", async () => {
    const commandId = randomUUID();
    await it.client.orders.placeOrder(order("procedure"), { commandId });
    // Registering what is registered succeeds by itself, so only the log can clash.
    const reused = it.client.catalogue.registerVariant({ sku: "TEE" }, { commandId });
    await expect(reused).rejects.toMatchObject({ code: "COMMAND_ID_REUSED" });
  });

  test("sent sixteen times at once is applied once", async () => {
    const commandId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => it.client.orders.placeOrder(order("race"), { commandId })),
    );
    expect(new Set(answers.map(({ data }) => data.orderId)).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated).length).toBe(1);
    expect(await count("sales_order", "external_ref = $1", ["race"])).toBe(1);
    expect(await count("command_log", "command_id = $1", [commandId])).toBe(1);
  });

  test("stands in the log under its tenant, its partner and its procedure", async () => {
    const commandId = randomUUID();
    await it.client.orders.placeOrder(order("mine"), { commandId });
    const log = await it.database.query(
      "select tenant, partner, procedure from selvedge.command_log where command_id = $1",
      [commandId],
    );
    expect(log).toEqual([{ tenant: "default", partner: "local", procedure: "orders.placeOrder" }]);
  });
});

describe("a refused command", () => {
  test("changes nothing at all", async () => {
    await it.client.orders.placeOrder(order("taken"));
    const before = await everything();
    await expect(it.client.orders.placeOrder(order("taken", 3))).rejects.toMatchObject({
      code: "REFUSED",
      reason: "external-ref-taken",
    });
    expect(await everything()).toEqual(before);
  });

  test("is not remembered: its id may be tried again once the reason is gone", async () => {
    const commandId = randomUUID();
    const wanted = {
      channel: "shop",
      externalRef: "later",
      lines: [{ sku: "LATER", qty: 1 }],
    };
    const refused = it.client.orders.placeOrder(wanted, { commandId });
    await expect(refused).rejects.toMatchObject({ reason: "variant-unknown" });
    await it.client.catalogue.registerVariant({ sku: "LATER" });
    expect((await it.client.orders.placeOrder(wanted, { commandId })).repeated).toBe(false);
  });

  test("keeps its id on the error, for whoever wants to try again", async () => {
    const commandId = randomUUID();
    const error = await it.client.orders
      .cancelOrder({ orderId: randomUUID(), reason: "x" }, { commandId })
      .catch((thrown: unknown) => thrown);
    expect(isSelvedgeError(error) && error.commandId).toBe(commandId);
  });
});

describe("the journal", () => {
  test("has one row for every version of every aggregate, without a gap", async () => {
    const refs = Array.from({ length: 40 }, (_, i) => `journal-${i}`);
    await Promise.all(refs.map((ref) => it.client.orders.placeOrder(order(ref))));
    const gaps = await it.database.query(
      `select kind, id, count(*)::int as rows, max(version) as last from selvedge.journal
       group by kind, id having count(*) <> max(version) or min(version) <> 1`,
    );
    expect(gaps).toEqual([]);
    const stock = await it.database.query<{ journal: number; stock: number }>(
      `select (select max(version) from selvedge.journal where kind = 'SkuStock') as journal,
        (select max(version) from selvedge.sku_stock) as stock`,
    );
    expect(stock[0]?.journal).toBe(stock[0]?.stock);
  });

  test("says by which command, partner and transaction each event came", async () => {
    const commandId = randomUUID();
    const { receipt } = await it.client.orders.placeOrder(order("traced"), { commandId });
    const rows = await it.database.query<{ type: string; xid: string }>(
      `select type, partner, actor, xid::text as xid from selvedge.journal
       where command_id = $1 order by position`,
      [commandId],
    );
    const xid = receipt.split(".")[2];
    const by = { partner: "local", actor: "local", xid };
    expect(rows).toEqual([
      { type: "OrderPlaced", ...by },
      { type: "LineAllocated", ...by },
    ]);
  });
});

describe("a command whose database is gone", () => {
  test("in the middle is undone, said to be retryable, and applied once when it is sent again", async () => {
    const commandId = randomUUID();
    const { database } = it;
    await database.query(
      `create function selvedge.cut() returns trigger language plpgsql as $$ begin
         if new.external_ref = 'cut' and not exists (select from selvedge.was_cut) then
           perform pg_terminate_backend(pg_backend_pid());
         end if; return new; end $$;
       create table selvedge.was_cut ();
       create trigger cut before insert on selvedge.sales_order
         for each row execute function selvedge.cut()`,
    );
    const impatient = new Selvedge({ baseUrl: it.baseUrl, retriesMax: 0 });
    const before = await everything();
    const cut = impatient.orders.placeOrder(order("cut"), { commandId });
    await expect(cut).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true, commandId });
    expect(await everything()).toEqual(before);
    await database.query("insert into selvedge.was_cut default values");
    const { repeated } = await it.client.orders.placeOrder(order("cut"), { commandId });
    expect(repeated).toBe(false);
    expect(await count("sales_order", "external_ref = $1", ["cut"])).toBe(1);
    await database.query("drop trigger cut on selvedge.sales_order; drop function selvedge.cut()");
  });

  test("leaves its connection to the next command, however often it happens", async () => {
    const { database } = it;
    await database.query(
      `create function selvedge.cut() returns trigger language plpgsql as $$ begin
         perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
       create trigger cut before insert on selvedge.sales_order
         for each row when (new.external_ref like 'cut-%') execute function selvedge.cut()`,
    );
    const impatient = new Selvedge({ baseUrl: it.baseUrl, retriesMax: 0 });
    // More than the pool has connections.
    for (let i = 0; i < 12; i += 1) {
      const cut = impatient.orders.placeOrder(order(`cut-${i}`));
      await expect(cut).rejects.toMatchObject({ code: "UNAVAILABLE" });
    }
    await database.query("drop trigger cut on selvedge.sales_order; drop function selvedge.cut()");
    expect((await impatient.orders.placeOrder(order("after-cuts"))).repeated).toBe(false);
  });
});
