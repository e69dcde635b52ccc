import { expect, test } from "vitest";
import { FakeServer } from "./fake-server.fixture.ts";
import type { Mapping } from "./mapping.ts";
import { shippedMapping } from "./mappings/shipped-mappings.ts";
import { importing } from "./run-import.fixture.ts";
import { rejectsIn } from "./source-files.fixture.ts";

const mapping = shippedMapping("order-lifecycle") as Mapping;
const header =
  "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at," +
  "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date";
const file = (...lines: string[]) => `${[header, ...lines].join("\n")}\n`;

const delivered =
  "d,c,delivered,9/4/2023 21:15,9/5/2023 8:00,9/6/2023 7:30,9/9/2023 18:01,9/20/2023 0:00";
const shipped = "s,c,shipped,9/4/2023 21:15,,9/6/2023 7:30,,9/20/2023 0:00";
const created = "n,c,created,9/4/2023 21:15,,,,9/20/2023 0:00";
const cancelled = "x,c,canceled,9/4/2023 21:15,9/5/2023 8:00,,,9/20/2023 0:00";

test("orders go their way with the carrier's times, for a thing that the mapping names", async () => {
  const csv = file(delivered, shipped, created, cancelled);
  const { report, server } = await importing(csv, { mapping });
  expect(report).toMatchObject({
    stop: null,
    rows: { inFile: 4, accepted: 4, rejected: 0, noted: 0 },
    units: { accepted: 0, assumed: 4, assumedStock: 4 },
    orders: { placed: 4, cancelled: 1, allocated: 4, unfinished: 0 },
  });
  expect(server.orders.get("marketplace/d")).toEqual({
    ...{ channel: "marketplace", externalRef: "d", orderedAt: "2023-09-04T21:15:00.000Z" },
    lines: [{ sku: "unknown-item", qty: 1 }],
    promise: { deliverBy: "2023-09-20T00:00:00.000Z" },
  });
  const told = server.sent.flatMap(({ name, input }) =>
    "at" in (input as object) ? [[name, (input as { at: string }).at]] : [],
  );
  expect(told).toEqual([
    ["handOver", "2023-09-06T07:30:00.000Z"],
    ["confirmDelivery", "2023-09-09T18:01:00.000Z"],
  ]);
  expect([...server.floor.shipments.values()].map(({ status }) => status)).toEqual([
    ...["delivered", "handedOver"],
  ]);
});

test("parcels that left at one time share a manifest", async () => {
  const late = "l,c,shipped,9/4/2023 21:15,,9/6/2023 7:31,,9/20/2023 0:00";
  const { server } = await importing(file(delivered, shipped, late), { mapping });
  const manifests = [...server.floor.shipments.values()].map(({ manifest }) => manifest);
  expect(server.count("handOver")).toBe(2);
  expect(manifests[0]).toBe(manifests[1]);
  expect(manifests[2]).not.toBe(manifests[0]);
});

test("times that cannot be are noted, and the order goes its way without them", async () => {
  const early = "e,c,delivered,9/4/2023 21:15,,9/6/2023 7:30,9/5/2023 7:30,9/20/2023 0:00";
  const contradicting = "k,c,invoiced,9/4/2023 21:15,,9/6/2023 7:30,,9/20/2023 0:00";
  const { report, server, rejectsFile } = await importing(file(early, contradicting), { mapping });
  expect(report.orders).toMatchObject({ placed: 2, unfinished: 0 });
  expect([...server.floor.shipments.values()].map(({ status }) => status)).toEqual(["delivered"]);
  expect((await rejectsIn(rejectsFile)).map((row) => [row.order_id, row.reason]).sort()).toEqual([
    [
      "e",
      "the times are out of sequence (order_delivered_customer_date 2023-09-05T07:30Z is before " +
        "order_delivered_carrier_date 2023-09-06T07:30Z); order_delivered_customer_date cannot be " +
        "used: delivered without the carrier's time",
    ],
    [
      "k",
      'order_status "invoiced" contradicts order_delivered_carrier_date: order_status is taken',
    ],
  ]);
  expect(report.causes.map(({ cause }) => cause)).toContain("the times are out of sequence");
});

test.each([
  [delivered.replace("9/6/2023 7:30", "9/6/23 7:30"), 'order_delivered_carrier_date "9/6/23 7:30"'],
  [delivered.replace("9/4/2023 21:15", ""), "order_purchase_timestamp is blank"],
  [delivered.replace("9/20/2023 0:00", "soon"), 'order_estimated_delivery_date "soon" is no time'],
  [delivered.replace("delivered", "Delivered"), 'order_status "Delivered" is not known'],
  [delivered.replace("delivered", ""), "order_status is blank"],
])("a row that cannot be read is rejected: %s", async (line, reason) => {
  const { report, rejectsFile } = await importing(file(line, shipped), { mapping });
  expect(report.rows).toMatchObject({ accepted: 1, rejected: 1 });
  const [rejected] = await rejectsIn(rejectsFile);
  expect(rejected?.kind).toBe("rejected");
  expect(rejected?.reason).toContain(reason);
});

test("a second run applies nothing; a longer file brings stock for its own rows", async () => {
  const server = new FakeServer();
  await importing(file(delivered, shipped), { mapping, server });
  const again = await importing(file(delivered, shipped), { mapping, server });
  const applied = Object.values(again.report.commands).filter((counts) => counts.applied > 0);
  expect(applied).toEqual([]);

  const { report } = await importing(file(delivered, shipped, created), { mapping, server });
  expect(report.commands.addBatch).toEqual({ applied: 1, repeated: 0, refused: 0 });
  expect([...server.batches.keys()]).toEqual(["assumed/unknown-item/2", "assumed/unknown-item/3"]);
  expect(report.commands.placeOrder).toEqual({ applied: 1, repeated: 2, refused: 0 });
});

test("a later export that knows more times goes on from there", async () => {
  const server = new FakeServer();
  const untold = "d,c,shipped,9/4/2023 21:15,,,,9/20/2023 0:00";
  const first = await importing(file(untold), { mapping, server });
  expect(first.report.rows.noted).toBe(1);
  const { report } = await importing(file(delivered), { mapping, server });
  expect([report.orders.unfinished, report.commands.confirmDelivery.applied]).toEqual([0, 1]);
  expect([...server.floor.shipments.values()].map(({ status }) => status)).toEqual(["delivered"]);
});

test("without an assumption about stock none is brought", async () => {
  const cautious = { ...mapping, whenStockMissing: "leave-backordered" } as Mapping;
  const { report, server } = await importing(file(delivered), { mapping: cautious });
  expect([report.units.assumedStock, server.batches.size]).toEqual([0, 0]);
  expect(report.orders).toMatchObject({ placed: 1, backordered: 1, unfinished: 1 });
});
