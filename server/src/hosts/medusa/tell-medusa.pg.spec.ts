import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../../test/harness/database.ts";
import { type FakeMedusa, fakeMedusa } from "./fake-medusa.fixture.ts";
import { placeOrder } from "./steps.ts";

/* What becomes of parcels in Medusa, over a Medusa of a few lines that fails when it is told to. */

let database: TestDatabase;
let medusa: FakeMedusa;
beforeAll(async () => {
  database = await createDatabase();
  medusa = fakeMedusa({ databaseUrl: database.url });
  const { workflows } = medusa;
  workflows.set("create-order-fulfillment", (input: Fulfilling) => made("fulfil", input));
  workflows.set("create-order-shipment", (input: Fulfilling) => made("ship", input));
  await medusa.service.__hooks.onApplicationStart();
  const { selvedge } = medusa.service;
  for (const sku of ["TEE", "CAP"]) {
    await selvedge.execute("catalogue.registerVariant", { sku }, all);
    await selvedge.execute("stock.addBatch", { ref: sku, sku, qty: 100 }, all);
  }
});
afterAll(async () => {
  await medusa?.service.selvedge.stop();
  await database?.drop();
});

interface Fulfilling {
  readonly order_id: string;
  readonly items: readonly { readonly id: string; readonly quantity: number }[];
  readonly metadata?: { readonly selvedge_shipment_id: string };
  readonly fulfillment_id?: string;
  readonly labels?: readonly { readonly tracking_number: string }[];
}

const soon = { timeout: 20_000, interval: 20 };
const all = { tenant: "default", partner: "spec", actor: "spec", scopes: ["*"] };
const done: [string, Fulfilling][] = [];
/** What the next workflows fail with; with undefined they do not. */
const failures: (Error | undefined)[] = [];

/** Does a workflow's work on the order, unless it is to fail. */
function made(what: "fulfil" | "ship", input: Fulfilling): unknown {
  const failure = failures.shift();
  if (failure) throw failure;
  done.push([what, input]);
  const order = medusa.entities.get("order")?.find((one) => idOf(one) === input.order_id) as Order;
  if (what === "ship") return undefined;
  const id = `ful_${order.fulfillments.length + 1}`;
  order.fulfillments.push({ id, shipped_at: null, metadata: input.metadata });
  for (const { id: item, quantity } of input.items) {
    const found = order.items.find((one) => one.id === item);
    if (found) found.detail.fulfilled_quantity += quantity;
  }
  return { id, shipped_at: null };
}

interface Order {
  readonly id: string;
  readonly items: { id: string; detail: { quantity: number; fulfilled_quantity: number } }[];
  readonly fulfillments: object[];
}

const idOf = (row: object) => (row as { id: string }).id;

/** An order in Medusa of so many pieces by item, each `[sku, qty]`. */
function anOrder(id: string, ...items: [string, number][]): void {
  const order = {
    id,
    items: items.map(([sku, quantity], i) => ({
      ...{ id: `${id}/${i + 1}`, variant: { id: sku, sku } },
      detail: { quantity, fulfilled_quantity: 0 },
    })),
    fulfillments: [],
  };
  medusa.entities.set("order", [...(medusa.entities.get("order") ?? []), order]);
}

/** Places an order and hands all of it over in one parcel; answers the parcel's id. */
async function leaves(externalRef: string, sold: [string, number][], channel = "medusa") {
  const { execute } = medusa.service.selvedge;
  const lines = sold.map(([sku, qty]) => ({ sku, qty }));
  const order = { channel, externalRef, lines };
  const context = { container: medusa.container, idempotencyKey: externalRef };
  const { orderId } = await placeOrder(order, context);
  const { waveId, tasks } = (await execute("waves.planWave", { orderIds: [orderId] }, all)).data;
  await execute("waves.releaseWave", { waveId }, all);
  for (const { task, sku, qty } of tasks) {
    await execute("waves.confirmPick", { waveId, task, scannedSku: sku, qty }, all);
  }
  const items = sold.map(([, qty], i) => ({ line: i + 1, qty }));
  const { shipmentId } = (await execute("shipments.packParcel", { orderId, items }, all)).data;
  const label = { shipmentId, carrier: "DHL", tracking: `T-${externalRef}` };
  await execute("shipments.labelParcel", label, all);
  await execute("shipments.handOver", { shipmentIds: [shipmentId], manifest: "M" }, all);
  return shipmentId;
}

const doneFor = (order: string) =>
  expect.poll(() => done.filter(([, { order_id }]) => order_id === order), soon);

test("a parcel becomes one shipped fulfilment, of the order's items by their SKUs", async () => {
  anOrder("order_1", ["TEE", 1], ["CAP", 1], ["TEE", 2]);
  const parcel = await leaves("order_1", [
    ["TEE", 2],
    ["CAP", 1],
  ]);
  const items = [
    { id: "order_1/1", quantity: 1 },
    { id: "order_1/3", quantity: 1 },
    { id: "order_1/2", quantity: 1 },
  ];
  const metadata = { selvedge_shipment_id: parcel, carrier: "DHL" };
  await doneFor("order_1").toMatchObject([
    ["fulfil", { items, metadata }],
    ["ship", { items, fulfillment_id: "ful_1", labels: [{ tracking_number: "T-order_1" }] }],
  ]);
});

test("what fails on the way is gone on with, and not done twice", async () => {
  anOrder("order_2", ["TEE", 1]);
  failures.push(undefined, new Error("the database is away"));
  await leaves("order_2", [["TEE", 1]]);
  await doneFor("order_2").toMatchObject([
    ["fulfil", {}],
    ["ship", { fulfillment_id: "ful_1" }],
  ]);
  expect(failures).toEqual([]);
});

test("what Medusa refuses for good is in the log, and holds up no parcel behind it", async () => {
  anOrder("order_3", ["TEE", 1]);
  anOrder("order_4", ["TEE", 1]);
  failures.push(Object.assign(new Error("the order is cancelled"), { type: "not_allowed" }));
  const refused = await leaves("order_3", [["TEE", 1]]);
  await leaves("order_4", [["TEE", 1]]);
  await doneFor("order_4").toHaveLength(2);
  expect(done.filter(([, { order_id }]) => order_id === "order_3")).toEqual([]);
  expect(medusa.logged).toContainEqual({
    level: "error",
    message: `Selvedge: Medusa does not take parcel ${refused}.`,
    error: expect.objectContaining({ message: "the order is cancelled" }),
  });
});

test("parcels of other channels, and of orders that Medusa does not know, are none of its", async () => {
  anOrder("order_5", ["TEE", 1]);
  anOrder("order_6", ["TEE", 1]);
  await leaves("order_5", [["TEE", 1]], "market");
  await leaves("order_gone", [["TEE", 1]]);
  await leaves("order_6", [["TEE", 1]]);
  await doneFor("order_6").toHaveLength(2);
  const others = done.filter(([, { order_id }]) => ["order_5", "order_gone"].includes(order_id));
  expect(others).toEqual([]);
});
