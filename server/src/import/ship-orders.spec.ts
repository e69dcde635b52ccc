import { expect, test } from "vitest";
import { derivedCommandId } from "./derived-command-id.ts";
import { FakeServer, failure, refusal } from "./fake-server.fixture.ts";
import { importing, orderLine, orders, ordersHeader } from "./run-import.fixture.ts";
import { rejectsIn } from "./source-files.fixture.ts";

const file = (...lines: string[]) => `${ordersHeader}${lines.join("\n")}\n`;
const sent = (server: FakeServer) => server.sent.map(({ name }) => name);
const shipments = (server: FakeServer) => [...server.floor.shipments.values()];

/** A warehouse with so many pieces of K1-M on the shelf. */
function stocked(qty: number): FakeServer {
  const server = new FakeServer();
  server.variants.set("K1-M", { sku: "K1-M" });
  void server.client.stock.addBatch({ ref: "b", sku: "K1-M", qty }, { commandId: "b" });
  return server;
}

test("an order that was delivered goes the whole way, step by step", async () => {
  const server = stocked(5);
  const csv = file(orderLine("A", "K1-M", "Shipped - Delivered to Buyer", "2"));
  const { report } = await importing(csv, { mapping: orders, server });
  expect(sent(server).slice(1)).toEqual([
    ...["registerVariant", "placeOrder", "planWave", "releaseWave", "confirmPick"],
    ...["packParcel", "labelParcel", "handOver", "confirmDelivery"],
  ]);
  expect(shipments(server)).toMatchObject([
    { status: "delivered", carrier: "not stated", tracking: "amazon.in/A/1" },
  ]);
  expect(server.batches.get("b")).toMatchObject({ qty: 3, taken: 0 });
  expect(report.outcomes.delivered).toEqual({ orders: 1, lines: 1, units: 2, assumed: 0 });
  expect(report.orders.unfinished).toBe(0);
  expect(report.rejectsFile).toBeNull();
});

test.each<[string, string, string | null, string[]]>([
  ["Shipped", "handedOver", null, []],
  ["Shipped - Picked Up", "handedOver", null, []],
  ["Shipped - Out for Delivery", "handedOver", null, []],
  ["Shipped - Lost in Transit", "lost", null, ["reportLoss"]],
  ["Shipped - Damaged", "lost", null, ["reportLoss"]],
  ["Shipped - Returning to Seller", "handedOver", "announced", ["announceInbound"]],
  ["Shipped - Rejected by Buyer", "handedOver", "announced", ["announceInbound"]],
  [
    ...["Shipped - Returned to Seller", "handedOver", "closed"],
    ["announceInbound", "receiveLot", "closeInbound"],
  ] as [string, string, string, string[]],
])("%s is brought to its end", async (status, parcel, back, last) => {
  const server = stocked(1);
  const csv = file(orderLine("A", "K1-M", status));
  const { report } = await importing(csv, { mapping: orders, server });
  expect([report.orders.unfinished, shipments(server).map((one) => one.status)]).toEqual([
    0,
    [parcel],
  ]);
  expect([...server.floor.returns.values()].map((one) => one.status)).toEqual(back ? [back] : []);
  expect(sent(server).slice(sent(server).indexOf("handOver") + 1)).toEqual(last);
});

test("what is back can be sold again; what is on its way back cannot", async () => {
  const server = stocked(2);
  const csv = file(
    orderLine("A", "K1-M", "Shipped - Returned to Seller"),
    orderLine("B", "K1-M", "Shipped - Returning to Seller"),
  );
  await importing(csv, { mapping: orders, server });
  expect([...server.batches.values()].map(({ ref, qty }) => [ref, qty])).toEqual([
    ["b", 0],
    ["returned/amazon.in/A/1", 1],
  ]);
});

test("lines of one order that came to different ends left in a parcel each", async () => {
  const server = stocked(4);
  const csv = file(
    orderLine("A", "K1-M", "Shipped - Delivered to Buyer"),
    orderLine("A", "K1-M", "Shipped - Lost in Transit", "2"),
    orderLine("A", "K1-M", "Shipped - Delivered to Buyer"),
  );
  const { report, rejectsFile } = await importing(csv, { mapping: orders, server });
  const contents = shipments(server).map((one) => [one.status, one.lines.map(({ line }) => line)]);
  expect(contents).toEqual([
    ["delivered", [1, 3]],
    ["lost", [2]],
  ]);
  expect(report.rows).toEqual({ inFile: 3, accepted: 3, rejected: 0, noted: 3 });
  const reason = "the rows of the order differ in Status: a parcel is assumed for each";
  expect((await rejectsIn(rejectsFile)).map((row) => row.reason)).toEqual([reason, reason, reason]);
  expect(report.outcomes.lost).toEqual({ orders: 1, lines: 1, units: 2, assumed: 0 });
});

test("a line that is not shipped with the others stays on the shelf, in no wave", async () => {
  const server = stocked(2);
  const csv = file(orderLine("A", "K1-M", "Shipped"), orderLine("A", "K1-M", "Pending"));
  const { report } = await importing(csv, { mapping: orders, server });
  expect(shipments(server).map((one) => one.lines.map(({ line }) => line))).toEqual([[1]]);
  expect([...server.floor.waves.values()]).toMatchObject([
    { status: "cancelled", tasks: [{ state: "picked" }, { state: "cancelled" }] },
  ]);
  expect(server.batches.get("b")).toMatchObject({ qty: 1, taken: 1 });
  expect([report.rows.noted, report.orders.unfinished]).toEqual([2, 0]);
});

test("pieces that were shipped and are not there are assumed, noted and counted", async () => {
  const server = stocked(1);
  const csv = file(
    orderLine("A", "K1-M", "Shipped"),
    orderLine("B", "K1-M", "Shipped - Delivered to Buyer", "2"),
    orderLine("C", "K1-M", "Pending"),
    orderLine("D", "K2-M", "Shipped"),
  );
  const { report, rejectsFile } = await importing(csv, { mapping: orders, server });
  expect(report.units).toEqual({ accepted: 5, rejected: 0, assumed: 0, assumedStock: 3 });
  expect([...server.batches.values()].map(({ ref, sku, qty }) => [ref, sku, qty])).toEqual([
    ["b", "K1-M", 0],
    ["assumed/amazon.in/B/1", "K1-M", 0],
    ["assumed/amazon.in/D/1", "K2-M", 0],
  ]);
  const noted = (await rejectsIn(rejectsFile)).map((row) => [
    row["Order ID"],
    row.kind,
    row.reason,
  ]);
  const why = "stock is assumed: it was shipped, and the house has too few pieces";
  expect(noted.sort()).toEqual([
    ["B", "noted", `${why} (2 pieces)`],
    ["D", "noted", `${why} (1 pieces)`],
  ]);
  expect(shipments(server).length).toBe(3);
});

test("pieces that another order has taken meanwhile are assumed once more", async () => {
  const server = new FakeServer();
  server.variants.set("K1-M", { sku: "K1-M" });
  const taken: string[] = [];
  server.before = async ({ name }) => {
    if (name !== "allocateLine" || taken.length === 2) return;
    taken.push(`thief ${taken.length}`);
    const lines = [{ sku: "K1-M", qty: 1 }];
    const order = { channel: "shop", externalRef: taken.at(-1) ?? "", lines };
    await server.client.orders.placeOrder(order, { commandId: order.externalRef });
  };
  const csv = file(orderLine("A", "K1-M", "Shipped"));
  const { report, rejectsFile } = await importing(csv, { mapping: orders, server });
  expect([report.units.assumedStock, report.orders.unfinished]).toEqual([3, 0]);
  const reason = (await rejectsIn(rejectsFile))[0]?.reason?.split("; ");
  expect(reason?.length).toBe(3);
});

test("no other file assumes the same pieces again: a longer one, or one that knows more", async () => {
  const server = stocked(0);
  const pending = [orderLine("A", "K1-M", "Pending"), orderLine("B", "K1-M", "Shipped")];
  await importing(file(...pending), { mapping: orders, server });
  const shipped = ["A", "B", "C"].map((id) => orderLine(id, "K1-M", "Shipped"));
  const { report } = await importing(file(...shipped), { mapping: orders, server });
  expect(report.units.assumedStock).toBe(3);
  expect(report.commands.addBatch).toEqual({ applied: 2, repeated: 1, refused: 0 });
  expect(server.batches.size).toBe(4);
});

test("a mapping that assumes no stock leaves the order waiting for it, and says so", async () => {
  const mapping = { ...orders, whenStockMissing: "leave-backordered" } as typeof orders;
  const csv = file(orderLine("A", "K1-M", "Shipped"));
  const { report, server, rejectsFile } = await importing(csv, { mapping });
  expect(report.units.assumedStock).toBe(0);
  expect(report.orders).toMatchObject({ placed: 1, backordered: 1, unfinished: 1 });
  expect(sent(server)).toEqual(["registerVariant", "placeOrder"]);
  expect((await rejectsIn(rejectsFile)).map((row) => row.reason)).toEqual([
    "the order is placed, but it is not shipped: no stock",
  ]);
});

test("orders that stand near each other share a wave and a manifest", async () => {
  const lines = Array.from({ length: 120 }, (_none, at) =>
    orderLine(`O${at}`, "K1-M", at % 3 === 0 ? "Pending" : "Shipped"),
  );
  const server = stocked(500);
  await importing(file(...lines), { mapping: orders, server });
  expect(
    ["planWave", "releaseWave", "confirmPick", "handOver"].map((one) => server.count(one)),
  ).toEqual([3, 3, 80, 3]);
  const manifests = Map.groupBy(shipments(server), ({ manifest }) => manifest);
  expect([...manifests.values()].map((all) => all.length).sort()).toEqual([14, 33, 33]);
  expect(manifests.has("fashion-orders/amazon.in/O1/1")).toBe(true);
});

test("an import that is cut off in the middle of a wave goes on there", async () => {
  for (const name of ["planWave", "confirmPick", "packParcel", "handOver", "receiveLot"]) {
    const csv = file(
      orderLine("A", "K1-M", "Shipped - Delivered to Buyer"),
      orderLine("B", "K1-M", "Shipped - Returned to Seller"),
      orderLine("C", "K2-M", "Shipped - Lost in Transit"),
    );
    const server = stocked(1);
    server.before = (command) => {
      if (command.name === name) throw failure("UNAVAILABLE", "closing");
    };
    const first = await importing(csv, { mapping: orders, server });
    expect([name, first.report.stop?.row, first.report.rows.accepted]).toEqual([name, 2, 0]);

    server.before = () => {};
    const second = await importing(csv, { mapping: orders, server });
    expect([name, second.report.stop, second.report.rows.accepted]).toEqual([name, null, 3]);
    expect(second.report.orders.unfinished).toBe(0);
    expect(
      shipments(server)
        .map((one) => one.status)
        .sort(),
    ).toEqual([...["delivered", "handedOver", "lost"]]);
  }
});

test("an import that is stopped in a wave stops at once, and goes on when run again", async () => {
  const csv = file(
    ...Array.from({ length: 40 }, (_none, at) => orderLine(`O${at}`, "K1-M", "Shipped")),
  );
  const server = stocked(40);
  const stopping = new AbortController();
  server.before = ({ name }) => {
    if (name === "confirmPick" && server.count("confirmPick") === 9) stopping.abort();
  };
  const first = await importing(csv, { mapping: orders, server, signal: stopping.signal });
  expect(first.report.stop).toEqual({
    ...{ outcome: "interrupted", row: 2, reason: "stopped by its user" },
  });
  expect([server.orders.size, server.count("confirmPick")]).toEqual([40, 10]);

  const second = await importing(csv, { mapping: orders, server });
  expect(second.report.rows).toEqual({ inFile: 40, accepted: 40, rejected: 0, noted: 0 });
  expect(second.report.commands.confirmPick).toEqual({ applied: 30, repeated: 10, refused: 0 });
});

test("a second run applies nothing, and reports the same", async () => {
  const csv = file(
    orderLine("A", "K1-M", "Shipped - Delivered to Buyer"),
    orderLine("B", "K1-M", "Shipped - Returned to Seller"),
    orderLine("C", "K1-M", "Pending"),
    orderLine("D", "K1-M", "Shipped - Rejected by Buyer"),
  );
  const server = stocked(2);
  const first = await importing(csv, { mapping: orders, server });
  const { report } = await importing(csv, { mapping: orders, server });
  const changed = Object.values(report.commands).filter(({ applied }) => applied > 0);
  expect(changed).toEqual([]);
  expect([report.outcomes, report.units]).toEqual([first.report.outcomes, first.report.units]);
});

test("a later export of the same orders goes on from where they were", async () => {
  const at = (a: string, b: string, c: string) =>
    file(orderLine("A", "K1-M", a), orderLine("B", "K1-M", b), orderLine("C", "K1-M", c));
  const server = stocked(3);
  await importing(at("Shipped", "Pending", "Shipped"), { mapping: orders, server });
  expect(shipments(server).map((one) => one.status)).toEqual(["handedOver", "handedOver"]);

  const later = at("Shipped - Delivered to Buyer", "Shipped", "Shipped - Returned to Seller");
  const { report } = await importing(later, { mapping: orders, server });
  expect(report.orders.unfinished).toBe(0);
  expect(
    shipments(server)
      .map((one) => [one.orderId, one.status])
      .sort(),
  ).toEqual([
    ["amazon.in/A", "delivered"],
    ["amazon.in/B", "handedOver"],
    ["amazon.in/C", "handedOver"],
  ]);
  expect([...server.floor.returns.values()].map((one) => one.status)).toEqual(["closed"]);
});

test("a later export that ships the rest of an order says what it cannot undo", async () => {
  const of = (...statuses: string[]) => file(...statuses.map((one) => orderLine("A", "K1-M", one)));
  const server = stocked(2);
  await importing(of("Shipped", "Pending"), { mapping: orders, server });
  const { report, rejectsFile } = await importing(of("Shipped", "Shipped"), {
    ...{ mapping: orders, server },
  });
  // The parcel that left holds one line; which parcel the other one left in no file tells.
  expect([report.orders.unfinished, report.rows.accepted]).toEqual([1, 2]);
  expect((await rejectsIn(rejectsFile)).map(({ reason }) => reason)).toEqual([
    "the order is placed, but it is not packed: an earlier import said otherwise",
  ]);
  expect(shipments(server).map(({ status }) => status)).toEqual(["handedOver"]);
});

test("an order that the floor refuses stays where it is, the others of its wave go on", async () => {
  const refused = [
    ["confirmPick", "it is not picked"],
    ["packParcel", "it is not packed"],
    ["labelParcel", "it is not labelled"],
    ["confirmDelivery", "its delivery is not confirmed"],
  ] as const;
  for (const [name, what] of refused) {
    const csv = file(
      ...["A", "B"].map((id) => orderLine(id, "K1-M", "Shipped - Delivered to Buyer")),
    );
    const server = stocked(2);
    server.before = (command) => {
      if (command.name === name && server.count(name) === 0 && !said.has(name)) {
        said.add(name);
        throw refusal("order-held", "The order is held.");
      }
    };
    const said = new Set<string>();
    const { report, rejectsFile } = await importing(csv, { mapping: orders, server });
    expect([name, report.stop, report.rows.accepted]).toEqual([name, null, 2]);
    expect([name, report.orders.unfinished]).toEqual([name, 1]);
    expect((await rejectsIn(rejectsFile)).map((row) => [row["Order ID"], row.reason])).toEqual([
      ["A", `the order is placed, but ${what}: order-held: The order is held.`],
    ]);
    const delivered = shipments(server).filter(({ status }) => status === "delivered");
    expect([name, delivered.map(({ orderId }) => orderId)]).toEqual([name, ["amazon.in/B"]]);
  }
});

test("each step of an order has the same command id in every run and file", async () => {
  const { server } = await importing(file(orderLine("A", "K1-M", "Shipped")), {
    mapping: orders,
    server: stocked(1),
  });
  const ids = new Map(server.sent.map(({ name, commandId }) => [name, commandId]));
  for (const name of ["packParcel", "labelParcel"]) {
    expect(ids.get(name)).toBe(derivedCommandId("fashion-orders", name, "amazon.in", "A", "1"));
  }
  const wave = '["amazon.in","A",1]';
  expect(ids.get("planWave")).toBe(derivedCommandId("fashion-orders", "planWave", wave));
});
