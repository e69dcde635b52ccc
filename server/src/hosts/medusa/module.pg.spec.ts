import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../../test/harness/database.ts";
import { type FakeMedusa, fakeMedusa } from "./fake-medusa.fixture.ts";
import { medusaEvents, takeMedusaEvent, takeMissedEvents } from "./medusa-events.ts";
import { selvedgeRoutes } from "./routes.ts";
import { availability, cancelOrder, placeOrder } from "./steps.ts";

/* What Medusa's events, workflows and starts come to, over a Medusa of a few lines. */

let database: TestDatabase;
let medusa: FakeMedusa;
beforeAll(async () => {
  database = await createDatabase();
  medusa = fakeMedusa({ databaseUrl: database.url });
  await medusa.service.__hooks.onApplicationStart();
});
afterAll(async () => {
  await medusa?.service.selvedge.stop();
  await database?.drop();
});

const soon = { timeout: 20_000, interval: 20 };
const all = { tenant: "default", partner: "spec", actor: "spec", scopes: ["*"] };

const variantsOf = (...skus: string[]) => skus.map((sku) => ({ id: `v-${sku}`, sku }));

/** An order in the fake Medusa, of one piece of each variant. */
function anOrder(...variants: { id: string; sku: string }[]) {
  const items = variants.map((variant, i) => ({ id: `i${i}`, variant, detail: { quantity: 1 } }));
  const order = { id: `order_${randomUUID()}`, created_at: "2026-03-02T10:00:00Z", items };
  medusa.entities.set("order", [order]);
  return order;
}

const tell = (name: string, { id }: { id: string }) =>
  takeMedusaEvent({ event: { name, data: { id } }, container: medusa.container });

const ordersOf = (externalRef: string) =>
  database.query<{ id: string; lines: number; cancelled: boolean }>(
    `select o.id, count(l.*)::int as lines, o.status = 'cancelled' as cancelled
     from selvedge.sales_order as o join selvedge.order_line as l on l.order_id = o.id
     where channel = 'medusa' and external_ref = $1 group by 1, o.status`,
    [externalRef],
  );

describe("an event", () => {
  test("of an order is handled once, however often it is told, with variants never heard of", async () => {
    const order = anOrder(...variantsOf("A-1", "A-2"));
    await tell("order.placed", order);
    await tell("order.placed", order);
    expect(await ordersOf(order.id)).toMatchObject([{ lines: 2 }]);
    // It was changed in Medusa since: what was placed stays as it was.
    medusa.entities.set("order", [{ ...order, items: order.items.slice(1) }]);
    await tell("order.placed", order);
    expect(await ordersOf(order.id)).toMatchObject([{ lines: 2 }]);
  });

  test("of an order that was missed is made up for", async () => {
    const order = anOrder(...variantsOf("M-1"));
    await takeMissedEvents(medusa.container);
    await takeMissedEvents(medusa.container);
    expect(await ordersOf(order.id)).toHaveLength(1);
  });

  test("of a cancelled order cancels it, once", async () => {
    const order = anOrder(...variantsOf("C-1"));
    await tell("order.placed", order);
    await tell("order.canceled", order);
    await tell("order.canceled", order);
    expect(await ordersOf(order.id)).toMatchObject([{ cancelled: true }]);
  });

  test("of a cancellation that was missed is made up for; told too late, an order is none", async () => {
    const order = anOrder(...variantsOf("L-1"));
    await tell("order.placed", order);
    medusa.entities.set("order", [{ ...order, status: "canceled" }]);
    await takeMissedEvents(medusa.container);
    expect(await ordersOf(order.id)).toMatchObject([{ cancelled: true }]);
    const late = { ...anOrder(...variantsOf("L-1")), status: "canceled" };
    medusa.entities.set("order", [late]);
    await tell("order.placed", late);
    await takeMissedEvents(medusa.container);
    expect(await ordersOf(late.id)).toEqual([]);
  });

  test("that cannot be taken does not keep the next ones from it", async () => {
    const bad = { ...anOrder(...variantsOf("B-1")), items: [{ id: "i", variant_sku: "B-1" }] };
    const good = anOrder(...variantsOf("B-1"));
    medusa.entities.set("order", [bad, good]);
    await expect(takeMissedEvents(medusa.container)).rejects.toThrow(/^1 of \d+ events/);
    expect(await ordersOf(good.id)).toHaveLength(1);
  });

  test("of an order without SKUs, or of one that is gone, is nothing", async () => {
    const order = anOrder();
    await tell("order.placed", order);
    await tell("order.placed", { id: "order_gone" });
    expect([...(await ordersOf(order.id)), ...(await ordersOf("order_gone"))]).toEqual([]);
  });

  test("of a product that was registered otherwise is said in the log, and the rest goes on", async () => {
    const facts = { sku: "P-1", material: "wool" };
    await medusa.service.selvedge.execute("catalogue.registerVariant", facts, all);
    const cotton = variantsOf("P-1", "P-2").map((one) => ({ ...one, material: "cotton" }));
    medusa.entities.set("variant", cotton);
    await tell("product.created", { id: "prod_1" } as never);
    const known = await database.query("select sku from selvedge.variant where sku ~ '^P-'");
    expect(known.map(({ sku }) => sku)).toEqual(["P-1", "P-2"]);
    expect(medusa.logged.map(({ message }) => message)).toContain(
      "Selvedge: P-1 is registered with other facts.",
    );
  });

  test("is taken of each type that the subscriber names", async () => {
    expect(medusaEvents).toHaveLength(4);
    for (const name of medusaEvents) {
      const taken = medusa.service.selvedge.takeHostEvent({
        ...{ id: name, type: name, data: { id: "nothing" }, identity: medusa.service.identity },
      });
      await expect(taken).resolves.toBe("handled");
    }
  });

  test("without an id is refused", async () => {
    await expect(tell("order.placed", {} as never)).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

describe("a step of a workflow", () => {
  const { sku } = { sku: "S-1" };
  const context = (idempotencyKey: string) => ({ container: medusa.container, idempotencyKey });

  test("places an order once under its key, takes it back, and sees the stock", async () => {
    const { selvedge } = medusa.service;
    await selvedge.execute("catalogue.registerVariant", { sku }, all);
    const { receipt } = await selvedge.execute("stock.addBatch", { ref: "S/1", sku, qty: 3 }, all);
    const left = async (atLeast: string) => {
      const { rows } = await availability({ sku, atLeast, deadlineMs: 5_000 }, context("a"));
      return rows.map(({ available }) => available);
    };
    expect(await left(receipt)).toEqual([3]);
    const order = { externalRef: "W-1", lines: [{ sku, qty: 2 }] };
    const placed = await placeOrder(order, context("run-1:place:invoke"));
    const again = await placeOrder(order, context("run-1:place:invoke"));
    expect(again.orderId).toBe(placed.orderId);
    expect(await left(placed.receipt)).toEqual([1]);
    await cancelOrder(placed.orderId, context("run-1:place:compensate"));
    await cancelOrder(placed.orderId, context("run-1:place:compensate"));
    await cancelOrder(placed.orderId, context("run-2:place:compensate"));
    await cancelOrder(undefined, context("run-3:place:compensate"));
    expect(await ordersOf("W-1")).toMatchObject([{ cancelled: true }]);
  });
});

test("Medusa's event bus hears what is in the journal", async () => {
  const { service, emitted } = medusa;
  await service.selvedge.execute("catalogue.registerVariant", { sku: "E-1" }, all);
  await expect
    .poll(() => emitted.map(({ name, data }) => `${name} ${(data as { id: string }).id}`), soon)
    .toContain("selvedge.VariantRegistered E-1");
});

describe("a process of Medusa", () => {
  const started = async (
    workerMode: "shared" | "worker" | "server",
    { serves }: { serves: boolean },
    databaseUrl = database.url,
  ) => {
    const made = fakeMedusa({}, { databaseUrl, workerMode });
    onTestFinished(() => made.service.selvedge.stop());
    if (serves) selvedgeRoutes({ container: made.container, authenticate: () => () => undefined });
    await made.service.__hooks.onApplicationStart();
    return made;
  };

  test.each([
    ["that serves and works", "shared", true, ["command", "query", "refresh", "admin"]],
    ["that only works", "worker", false, ["command", "query", "refresh"]],
    ["that only serves", "server", true, ["command", "query", "admin"]],
  ] as const)("%s has its roles", async (_, workerMode, serves, roles) => {
    const { service } = await started(workerMode, { serves });
    expect([...(service.selvedge.engine?.roles ?? [])]).toEqual(roles);
    await service.__hooks.onApplicationPrepareShutdown();
    expect(service.selvedge.state.status).toBe("stopped");
  });

  test("that runs a script starts nothing", async () => {
    const { service } = await started("server", { serves: false });
    expect(service.selvedge.state.status).toBe("idle");
  });

  test("goes on where the database is not there, and its log says so", async () => {
    const nowhere = "postgres://nobody:secret@127.0.0.1:9/nothing";
    const { service, logged } = await started("shared", { serves: true }, nowhere);
    expect(service.selvedge.state).toMatchObject({ status: "degraded" });
    const said = logged.filter(({ level }) => level === "error");
    expect(said[0]?.message).toBe("Selvedge: Selvedge could not start; it is tried again");
    expect(said[0]?.error).toBeInstanceOf(Error);
  });
});
