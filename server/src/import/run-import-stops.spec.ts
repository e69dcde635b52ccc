import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { FakeServer, failure } from "./fake-server.fixture.ts";
import {
  importing,
  manyOrders,
  orderLine,
  orders,
  ordersCsv,
  ordersHeader,
} from "./run-import.fixture.ts";
import { runImport } from "./run-import.ts";
import { sourceFile } from "./source-files.fixture.ts";

test("when the server is gone the import says where, and goes on when run again", async () => {
  const server = new FakeServer();
  server.before = ({ input }) => {
    if ((input as { externalRef?: string }).externalRef === "O100")
      throw failure("NETWORK", "refused");
  };
  const first = await importing(manyOrders, { mapping: orders, server });
  expect(first.report.stop).toEqual({
    outcome: "failed",
    row: 102,
    reason: "the server cannot be reached (NETWORK: refused)",
  });
  const placed = server.orders.size;
  expect(placed).toBeGreaterThanOrEqual(100);
  expect(placed).toBeLessThan(130);

  server.before = () => {};
  const second = await importing(manyOrders, { mapping: orders, server });
  expect(second.report.stop).toBeNull();
  expect(second.report.commands.placeOrder).toEqual({
    applied: 300 - placed,
    repeated: placed,
    refused: 0,
  });
});

test("an order whose cancellation was cut off is cancelled by the next run", async () => {
  const server = new FakeServer();
  server.before = ({ name }) => {
    if (name === "cancelOrder") throw failure("UNAVAILABLE", "closing");
  };
  const csv = ordersHeader + orderLine("A", "K1-M", "Cancelled");
  const first = await importing(csv, { mapping: orders, server });
  expect([first.report.rows.accepted, server.orders.size, server.cancelled.size]).toEqual([
    0, 1, 0,
  ]);

  server.before = () => {};
  const second = await importing(csv, { mapping: orders, server });
  expect([second.report.rows.accepted, server.orders.size, server.cancelled.size]).toEqual([
    1, 1, 1,
  ]);
});

test("a server that fails on every command stops the import, one failure does not", async () => {
  const always = new FakeServer();
  always.before = ({ name }) => {
    if (name === "placeOrder") throw failure("INTERNAL", "failed");
  };
  const stopped = await importing(manyOrders, { mapping: orders, server: always });
  expect(stopped.report.stop).toMatchObject({
    outcome: "failed",
    reason: expect.stringMatching("fails on every command"),
  });
  expect(stopped.report.rows.rejected).toBeLessThan(40);

  const once = new FakeServer();
  once.before = ({ input }) => {
    if ((input as { externalRef?: string }).externalRef === "O5")
      throw failure("INTERNAL", "failed");
  };
  const passed = await importing(manyOrders, { mapping: orders, server: once });
  expect(passed.report.stop).toBeNull();
  expect(passed.report.rows).toEqual({ inFile: 300, accepted: 299, rejected: 1, noted: 0 });
});

test("an import that is stopped ends what it has begun, and goes on when run again", async () => {
  const server = new FakeServer();
  const stopping = new AbortController();
  server.before = ({ input }) => {
    if ((input as { externalRef?: string }).externalRef === "O50") stopping.abort();
  };
  const first = await importing(manyOrders, { mapping: orders, server, signal: stopping.signal });
  const placed = server.orders.size;
  expect(first.report.stop).toEqual({
    outcome: "interrupted",
    row: placed + 2,
    reason: "stopped by its user",
  });
  expect(first.report.rows.accepted).toBe(placed);

  const second = await importing(manyOrders, { mapping: orders, server });
  expect(second.report.commands.placeOrder).toEqual({
    applied: 300 - placed,
    repeated: placed,
    refused: 0,
  });
});

test.each<[string, string | Uint8Array, RegExp]>([
  ["a gzip file cut short", gzipSync(manyOrders).subarray(0, 900), /cut short/],
  [
    "a missing column",
    ordersCsv.replace(",Qty,", ",Quantity,"),
    /missing columns "Qty"; unknown columns "Quantity"/,
  ],
  ["a quote that is never closed", `${ordersCsv}"`, /quote/],
])("a file with %s sends nothing", async (_what, content, words) => {
  const server = new FakeServer();
  const files = await sourceFile(content);
  const failed = runImport({ ...files, client: server.client, mapping: orders });
  await expect(failed).rejects.toThrow(words);
  expect(server.sent).toEqual([]);
  expect(await readdir(dirname(files.file))).toEqual(["source.csv"]);
});

test("a file that breaks off while it is imported never leaves half an order", async () => {
  const server = new FakeServer();
  const lines = Array.from({ length: 6_000 }, (_n, at) => orderLine(`O${Math.floor(at / 3)}`));
  const files = await sourceFile(`${ordersHeader}${lines.join("\n")}\n`);
  const whole = await readFile(files.file);
  server.before = async ({ name }) => {
    // The check before the import has seen the whole file; now it is cut short behind its back.
    if (name === "registerVariant")
      await writeFile(files.file, Buffer.concat([whole.subarray(0, 200_000), Buffer.of(0xff)]));
  };
  const report = await runImport({ ...files, client: server.client, mapping: orders });
  expect(report.stop).toMatchObject({
    outcome: "failed",
    reason: expect.stringMatching("not UTF-8"),
  });
  expect(server.orders.size).toBeGreaterThan(0);
  expect([...server.orders.values()].filter((order) => order.lines.length !== 3)).toEqual([]);
});

test("a giant order that meets no server stops at once, not once a variant", async () => {
  const server = new FakeServer();
  let asked = 0;
  server.before = () => {
    asked += 1;
    throw failure("NETWORK", "refused");
  };
  const lines = Array.from({ length: 500 }, (_n, at) => orderLine("A", `K${at}-M`));
  const { report } = await importing(ordersHeader + lines.join("\n"), { mapping: orders, server });
  expect(report.stop).toMatchObject({ outcome: "failed", row: 2 });
  expect(asked).toBe(16);
});
