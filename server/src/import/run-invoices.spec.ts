import { expect, test } from "vitest";
import { derivedCommandId } from "./derived-command-id.ts";
import { FakeServer, failure } from "./fake-server.fixture.ts";
import { cellsOf, type InvoiceLine, invoiceHeader, retail } from "./invoices.fixture.ts";
import { importing } from "./run-import.fixture.ts";
import { rejectsIn } from "./source-files.fixture.ts";

const csvOf = (...lines: InvoiceLine[]) =>
  `${[invoiceHeader, ...lines.map(cellsOf)].map((cells) => cells.join(",")).join("\n")}\n`;
const free: InvoiceLine = { Price: "0", "Customer ID": "" };
const allOfIt = csvOf(
  {},
  { StockCode: "POST", Quantity: "1" },
  { Invoice: "2", Quantity: "8" },
  { Invoice: "2", Quantity: "1", StockCode: "10002" },
  { ...free, Invoice: "3", Quantity: "-2", Description: "damages" },
  { ...free, Invoice: "4", Quantity: "5" },
  { ...free, Invoice: "5", Quantity: "3", StockCode: "10003" },
  { Invoice: "C6", Quantity: "-7" },
  { Invoice: "C6", Quantity: "-9" },
  { Invoice: "7", StockCode: "TEST001" },
);

/** As many turns of the event loop as let everything else go on. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

test("a file of invoices becomes orders, corrections and reductions, and adds up", async () => {
  const { report, server, rejectsFile } = await importing(allOfIt, { mapping: retail });
  expect(report).toMatchObject({
    stop: null,
    rows: { inFile: 10, accepted: 7, rejected: 1 },
    units: { accepted: 14, rejected: 6, assumed: 0 },
    aside: { rows: 2, units: -8 },
    orders: { placed: 2, lines: 3, allocated: 3, backordered: 0 },
    opening: { batches: 2, units: 17 },
    corrections: { found: { rows: 2, units: 8 }, writtenOff: { rows: 1, units: -2 } },
    reductions: { rows: 1, units: -7, ordersCancelled: 0 },
    commands: { addBatch: { applied: 3 }, adjustBatch: { applied: 2 }, reduceLine: { applied: 1 } },
  });
  expect(server.openUnits).toBe(8);
  expect(server.waiting).toEqual([]);
  expect([...server.batches.values()].map(({ ref, qty }) => [ref, qty]).sort()).toEqual([
    ["found/5/1", 3],
    ["opening/10002", 1],
    ["opening/22139", 19],
  ]);
  const left = (await rejectsIn(rejectsFile)).filter(({ kind }) => kind !== "noted");
  expect(left.map((row) => [row.row, row.kind, row.StockCode]).sort()).toEqual([
    ["10", "aside", "22139"],
    ["11", "rejected", "TEST001"],
    ["3", "aside", "POST"],
  ]);
});

test("a second run of the same file applies nothing, and says the same", async () => {
  const server = new FakeServer();
  const first = await importing(allOfIt, { mapping: retail, server });
  const { report } = await importing(allOfIt, { mapping: retail, server });
  const applied = Object.values(report.commands).map((counts) => counts.applied);
  expect(applied).toEqual(applied.map(() => 0));
  const { commands: _first, tookMs: _tookFirst, file: _, rejectsFile: __, ...facts } = first.report;
  expect(report).toMatchObject(facts);
});

test("a dry run plans all of it and sends nothing", async () => {
  const { report, server } = await importing(allOfIt, { mapping: retail, dryRun: true });
  expect(server.sent).toEqual([]);
  expect(report).toMatchObject({
    ...{ rows: { accepted: 7, rejected: 1 }, orders: { placed: 2 }, aside: { rows: 2 } },
    ...{ reductions: { rows: 1 }, opening: { batches: 2, units: 17 } },
  });
});

test.each(["registerVariant", "addBatch"])(
  "each order waits for the opening stock of its SKUs, whoever brings it, if %s is slow",
  async (slow) => {
    const server = new FakeServer();
    server.before = ({ name }) => turns(name === slow ? 200 : 1);
    const many = Array.from({ length: 30 }, (_none, at) => ({ Invoice: String(at + 1) }));
    const { report } = await importing(csvOf(...many), { mapping: retail, server });
    expect(report.orders).toMatchObject({ placed: 30, allocated: 30, backordered: 0 });
    expect(server.count("addBatch")).toBe(1);
  },
);

test("a reduction waits for its order, and follows those before it", async () => {
  const server = new FakeServer();
  server.before = ({ name }) => turns(name === "placeOrder" ? 200 : Math.random() * 20);
  const parts = Array.from({ length: 6 }, () => ({ Invoice: "C2", Quantity: "-1" }));
  const { report } = await importing(csvOf({}, ...parts), { mapping: retail, server });
  expect(report.reductions).toEqual({ rows: 6, units: -6, ordersCancelled: 1 });
  const reduced = server.sent.filter(({ name }) => name === "reduceLine");
  const idOf = (row: number) =>
    derivedCommandId("retail-invoices", "reduceLine", "C2", String(row), "1");
  expect(reduced.map(({ commandId }) => commandId)).toEqual([1, 2, 3, 4, 5, 6].map(idOf));
  expect([...server.cancelled]).toEqual(["retail/1"]);
});

test("a reduction of an order that is refused is rejected, and says so", async () => {
  const server = new FakeServer();
  server.before = ({ name }) => {
    if (name === "placeOrder") throw failure("REFUSED", "no", { reason: "external-ref-taken" });
  };
  const csv = csvOf({}, { Invoice: "C2", Quantity: "-1" });
  const { report, rejectsFile } = await importing(csv, { mapping: retail, server });
  expect([report.stop, report.rows.rejected]).toEqual([null, 2]);
  expect((await rejectsIn(rejectsFile)).map(({ reason }) => reason)).toContain(
    "the order 1 is not in",
  );
});

test("what the warehouse has picked already cannot be taken off, and is rejected", async () => {
  const server = new FakeServer();
  server.before = ({ name }) => {
    if (name === "reduceLine")
      throw failure("REFUSED", "They are picked.", { reason: "line-picked" });
  };
  const csv = csvOf({ Quantity: "2" }, { Invoice: "C2", Quantity: "-1" });
  const { report, rejectsFile } = await importing(csv, { mapping: retail, server });
  expect(report.units).toEqual({ accepted: 2, rejected: -1, assumed: 0, assumedStock: 0 });
  expect((await rejectsIn(rejectsFile)).map(({ reason }) => reason)).toContain(
    "line-picked: They are picked.",
  );
});

test("stock that is there from before is kept, and noted once a SKU", async () => {
  const server = new FakeServer();
  server.variants.set("22139", { sku: "22139" });
  const stock = { ref: "opening/22139", sku: "22139", qty: 2 };
  await server.client.stock.addBatch(stock, { commandId: "before" });
  const { report, rejectsFile } = await importing(csvOf({}, { Invoice: "2" }), {
    ...{ mapping: retail, server },
  });
  expect(report.orders).toMatchObject({ placed: 2, allocated: 0, backordered: 2 });
  expect(report.opening).toEqual({ batches: 0, units: 0 });
  const reasons = (await rejectsIn(rejectsFile)).map(({ row, reason }) => [row, reason]);
  expect(reasons).toEqual([
    [
      "2",
      "opening stock assumed: all that the file takes of the SKU (12 pieces); " +
        "kept the opening batch that the SKU has from an earlier import",
    ],
  ]);
});

test("cut off anywhere, it goes on when it is run again, and ends as if it had not been", async () => {
  const whole = new FakeServer();
  await importing(allOfIt, { mapping: retail, server: whole });
  for (let cut = 1; cut <= whole.sent.length; cut += 1) {
    const server = new FakeServer();
    let sent = 0;
    server.before = () => {
      sent += 1;
      if (sent > cut) throw failure("NETWORK", "refused");
    };
    const first = await importing(allOfIt, { mapping: retail, server, concurrency: 3 });
    expect(first.report.stop === null).toBe(cut === whole.sent.length);
    server.before = () => {};
    const { report } = await importing(allOfIt, { mapping: retail, server });
    expect(report.stop).toBeNull();
    expect(server.openUnits).toBe(8);
    expect(server.batches.get("opening/22139")?.qty).toBe(19);
    const ids = new Set(server.sent.map(({ commandId }) => commandId));
    expect(ids).toEqual(new Set(whole.sent.map(({ commandId }) => commandId)));
  }
});

test("stopped by its user it names the first row that is not in, gathered ones too", async () => {
  const server = new FakeServer();
  const stopping = new AbortController();
  server.before = ({ input }) => {
    if ((input as { externalRef?: string }).externalRef === "20") stopping.abort();
  };
  const many = Array.from({ length: 60 }, (_none, at) => ({ Invoice: String(at + 2) }));
  const { report } = await importing(csvOf({}, ...many, {}), {
    ...{ mapping: retail, server, signal: stopping.signal },
  });
  expect(report.stop).toMatchObject({ outcome: "interrupted", row: 2 });
});
