import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { derivedCommandId } from "./derived-command-id.ts";
import { FakeServer, failure } from "./fake-server.fixture.ts";
import {
  importing,
  manyOrders,
  orderLine,
  orders,
  ordersCsv,
  ordersHeader,
  stock,
} from "./run-import.fixture.ts";
import { runImport } from "./run-import.ts";
import { rejectsIn, sourceFile } from "./source-files.fixture.ts";

const stockHeader = "index,SKU Code,Design No.,Stock,Category,Size,Color\n";
const stockCsv = `${stockHeader}${[
  "0,K1-M,K1,5.0,KURTA,M,Red",
  "1,K1-L,K1,0.0,KURTA,L,Red",
  "2,,K2,4.0,KURTA,L,Red",
  "3,K3-L,K3,2.0,HAT,L,Red",
].join("\n")}\n`;

test("a stock file becomes variants and opening batches, and its pieces add up", async () => {
  const { report, server, rejectsFile } = await importing(stockCsv, { mapping: stock });
  expect(report).toMatchObject({
    stop: null,
    rows: { inFile: 4, accepted: 2, rejected: 2, noted: 1 },
    units: { accepted: 5, rejected: 6, assumed: 0, assumedStock: 0 },
    batches: 1,
    commands: {
      registerVariant: { applied: 2, repeated: 0, refused: 0 },
      addBatch: { applied: 1, repeated: 0, refused: 0 },
    },
    rejectsFile,
  });
  expect([...server.batches.values()]).toMatchObject([
    { ref: "opening/K1-M", sku: "K1-M", qty: 5 },
  ]);
  const rejects = (await rejectsIn(rejectsFile)).map((one) => [
    one.row,
    one.kind,
    one.reason,
    one["Design No."],
  ]);
  expect(rejects.sort(([one = ""], [other = ""]) => one.localeCompare(other))).toEqual([
    ["3", "noted", "no pieces: the variant has no opening batch", "K1"],
    ["4", "rejected", "SKU Code is blank", "K2"],
    ["5", "rejected", 'Category "HAT" is not known to the mapping', "K3"],
  ]);
});

test("an order file becomes orders, placed whole, and cancellations", async () => {
  const { report, server, rejectsFile } = await importing(ordersCsv, { mapping: orders });
  expect(report).toMatchObject({
    stop: null,
    rows: { inFile: 5, accepted: 4, rejected: 1, noted: 3 },
    units: { accepted: 3, rejected: 1, assumed: 1, assumedStock: 2 },
    orders: { placed: 3, cancelled: 1, lines: 4, allocated: 0, backordered: 4 },
    outcomes: {
      placed: { orders: 1, lines: 1, units: 1, assumed: 0 },
      cancelled: { orders: 1, lines: 1, units: 1, assumed: 1 },
      shipped: { orders: 1, lines: 2, units: 2, assumed: 0 },
      delivered: { orders: 0, lines: 0, units: 0, assumed: 0 },
    },
  });
  expect([...server.orders.keys()].sort()).toEqual(["amazon.in/A", "amazon.in/B", "amazon.in/D"]);
  expect([...server.cancelled]).toEqual(["amazon.in/B"]);
  expect((await rejectsIn(rejectsFile)).map((one) => [one.kind, one["Order ID"]]).sort()).toEqual([
    ["noted", "A"],
    ["noted", "A"],
    ["noted", "B"],
    ["rejected", "C"],
  ]);
});

test("a second run of the same file applies nothing", async () => {
  const server = new FakeServer();
  const first = await importing(ordersCsv, { mapping: orders, server });
  const second = await importing(ordersCsv, { mapping: orders, server });
  const changed = Object.values(second.report.commands).filter((counts) => counts.applied > 0);
  expect(changed).toEqual([]);
  expect(second.report.commands.placeOrder).toEqual({ applied: 0, repeated: 3, refused: 0 });
  expect(second.report.rows).toEqual(first.report.rows);
  expect(second.report.orders).toEqual(first.report.orders);
});

test("gzip or plain, the commands have the same ids", async () => {
  const plain = await importing(ordersCsv, { mapping: orders });
  const zipped = await importing(gzipSync(ordersCsv), { mapping: orders });
  const ids = (server: FakeServer) => server.sent.map((one) => one.commandId).sort();
  expect(ids(plain.server).length).toBe(18);
  expect(ids(zipped.server)).toEqual(ids(plain.server));
});

test("an order with other content than before is rejected, and stays as it was", async () => {
  const server = new FakeServer();
  await importing(ordersHeader + orderLine("A"), { mapping: orders, server });
  const { report, rejectsFile } = await importing(
    `${ordersHeader}${orderLine("A")}\n${orderLine("A")}\n`,
    { mapping: orders, server },
  );
  expect(report.rows).toEqual({ inFile: 2, accepted: 0, rejected: 2, noted: 0 });
  const reason = "the order had other content in an earlier import";
  expect((await rejectsIn(rejectsFile)).map((one) => one.reason)).toEqual([reason, reason]);
  expect(server.orders.get("amazon.in/A")?.lines.length).toBe(1);
});

test("facts that the catalogue knows otherwise are kept and noted", async () => {
  const server = new FakeServer();
  server.variants.set("K1-M", { sku: "K1-M", category: "tunic" });
  const { report } = await importing(ordersHeader + orderLine("A"), { mapping: orders, server });
  expect(report.orders.placed).toBe(1);
  expect(report.commands.registerVariant).toEqual({ applied: 0, repeated: 0, refused: 1 });
  expect(report.causes).toMatchObject([{ kind: "noted", rows: 1 }]);
  expect(server.variants.get("K1-M")?.category).toBe("tunic");
});

test("a row that the server refuses is rejected in the server's words", async () => {
  const server = new FakeServer();
  server.before = ({ name, input }) => {
    if (name === "addBatch" && (input as { sku: string }).sku === "K1-M")
      throw failure("REFUSED", "The reference is taken.", { reason: "batch-ref-taken" });
  };
  const csv = `${stockHeader}0,K1-M,K1,5,KURTA,M,Red\n1,K1-L,K1,3,KURTA,L,Red\n`;
  const { report, rejectsFile } = await importing(csv, { mapping: stock, server });
  expect(report.units).toMatchObject({ accepted: 3, rejected: 5, assumed: 0 });
  expect((await rejectsIn(rejectsFile)).map((one) => one.reason)).toEqual([
    "batch-ref-taken: The reference is taken.",
  ]);
});

test("no more commands are under way than allowed, and each variant is first", async () => {
  const server = new FakeServer();
  server.before = () => new Promise<void>((resolve) => setImmediate(resolve));
  await importing(manyOrders, { mapping: orders, server, concurrency: 7 });
  expect(server.inFlightMax).toBe(7);
  expect(server.orders.size).toBe(300);
  expect(server.sent[0]?.name).toBe("registerVariant");
  expect(server.count("registerVariant")).toBe(1);
});

test("the variants of one order are registered side by side, no more at once than allowed", async () => {
  const server = new FakeServer();
  server.before = () => new Promise<void>((resolve) => setImmediate(resolve));
  const lines = Array.from({ length: 50 }, (_n, at) => orderLine("A", `K${at}-M`));
  await importing(`${ordersHeader}${lines.join("\n")}\n`, {
    mapping: orders,
    server,
    concurrency: 5,
  });
  expect(server.inFlightMax).toBe(5);
  expect(server.sent.map(({ name }) => name)).toEqual([
    ...Array(50).fill("registerVariant"),
    "placeOrder",
  ]);
});

test("a dry run plans everything and sends nothing", async () => {
  const { report, server } = await importing(ordersCsv, { mapping: orders, dryRun: true });
  expect(server.sent).toEqual([]);
  expect(report).toMatchObject({ dryRun: true, orders: { placed: 3, lines: 4, cancelled: 1 } });
});

test("progress ends at the last row", async () => {
  const seen: number[] = [];
  await importing(manyOrders, {
    mapping: orders,
    onProgress: ({ rowsDone }) => seen.push(rowsDone),
  });
  expect(seen.length).toBe(300);
  expect(seen.at(-1)).toBe(300);
});

test("a file without anything to say about leaves no rejects file", async () => {
  const { report, file } = await importing(ordersHeader + orderLine("A"), { mapping: orders });
  expect(report.rejectsFile).toBeNull();
  expect(await readdir(dirname(file))).toEqual(["source.csv"]);
});

test("a file is never overwritten by its own rejects", async () => {
  const { file } = await sourceFile(ordersCsv);
  const { client } = new FakeServer();
  const failed = runImport({ file, rejectsFile: file, client, mapping: orders });
  await expect(failed).rejects.toThrow(/would overwrite the file/);
  expect(await readFile(file, "utf8")).toBe(ordersCsv);
});

test("a rejects file that cannot be written stops the import before anything is sent", async () => {
  const { file } = await sourceFile(ordersCsv);
  const server = new FakeServer();
  const rejectsFile = `${dirname(file)}/none/rejects.csv`;
  const failed = runImport({ file, rejectsFile, client: server.client, mapping: orders });
  await expect(failed).rejects.toThrow(/rejects\.csv cannot be written \(ENOENT\)/);
  expect(server.sent).toEqual([]);
});

test("the opening batch of a SKU has the same command id whichever row it stands in", async () => {
  const { server } = await importing(stockCsv, { mapping: stock });
  expect(server.sent.filter((one) => one.name === "addBatch").map((one) => one.commandId)).toEqual([
    derivedCommandId("fashion-stock", "addBatch", "K1-M"),
  ]);
});
