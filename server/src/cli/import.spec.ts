import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { FakeServer, failure } from "../import/fake-server.fixture.ts";
import { orderLine, ordersHeader } from "../import/run-import.fixture.ts";
import { sourceFile } from "../import/source-files.fixture.ts";
import type { CliIo } from "./cli-io.ts";
import { importCommand } from "./import.ts";

const csv = [
  "index,SKU Code,Design No.,Stock,Category,Size,Color",
  "0,K1-M,K1,5,KURTA,M,Red",
  "1,,K1,2,KURTA,L,Red",
].join("\n");

async function running(args: string[], server = new FakeServer()) {
  const said = { out: [] as string[], notes: [] as string[], code: 0 };
  const io: CliIo = {
    env: {},
    out: (line) => said.out.push(line),
    note: (line) => said.notes.push(line),
    progress: new Writable({ write: (_chunk, _encoding, done) => done() }),
    readStdin: async () => "",
    exitWith: (code) => {
      said.code = code;
    },
  };
  const command = importCommand(io, async () => server.client).exitOverride();
  command.configureOutput({ writeErr: (text) => said.notes.push(text) });
  const failed: unknown = await command.parseAsync(args, { from: "user" }).then(
    () => null,
    (error: unknown) => error,
  );
  return { ...said, failed: failed instanceof Error ? failed.message : failed, server };
}

test("an import is summed up for a person, with the file's pieces adding up", async () => {
  const { file, rejectsFile } = await sourceFile(csv);
  const { out, code, failed } = await running(["fashion-stock", file, "--rejects", rejectsFile]);
  expect([failed, code]).toEqual([null, 0]);
  expect(out).toEqual([
    "fashion-stock: 1 of 2 rows accepted, 1 rejected, 0 noted",
    "  pieces: 7 in the rows seen = 5 accepted + 2 rejected",
    "  batches: 1 opening batches",
    "  commands: 2 applied (1 registerVariant, 1 addBatch), 0 repeated, 0 refused",
    "  rejected: 1 x SKU Code is blank (2 pieces)",
    `  every rejected and noted row with its reason: ${rejectsFile}`,
  ]);
});

test("what became of orders is summed up, with what was inferred and assumed for it", async () => {
  const orders =
    ordersHeader +
    [
      orderLine("A", "K1-M", "Shipped - Delivered to Buyer"),
      orderLine("B", "K1-M", "Shipped"),
      orderLine("C", "K1-M", "Shipped - Returned to Seller"),
      orderLine("D"),
    ].join("\n");
  const { file, rejectsFile } = await sourceFile(orders);
  const server = new FakeServer();
  server.before = ({ name }) => {
    if (name === "confirmDelivery") throw failure("REFUSED", "No.", { reason: "shipment-unknown" });
  };
  // One at a time: an order that is placed meanwhile may take the pieces that are assumed.
  const args = ["fashion-orders", file, "--rejects", rejectsFile, "--concurrency", "1"];
  const { out } = await running(args, server);
  expect(out.filter((line) => /order lines|inferred|assumed for|did not get/.test(line))).toEqual([
    "  order lines by what the rows say: 1 placed, 1 shipped, 1 delivered, 1 returned",
    "    (the file knows their last state only: the steps up to it are inferred, and happened now)",
    "    3 pieces of stock assumed for lines that were shipped",
    "    1 orders did not get that far; see the notes",
  ]);
});

test("a file of invoices is summed up with what was assumed, corrected and set aside", async () => {
  const { file, rejectsFile } = await sourceFile(
    [
      "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country",
      "1,22139,TEA SET,6,12/1/10 8:26,2.55,ANNA,EIRE",
      "1,POST,POSTAGE,1,12/1/10 8:26,9.5,ANNA,EIRE",
      "2,22139,damages,-2,12/1/10 9:00,0,,EIRE",
      "C3,22139,TEA SET,-6,12/2/10 8:26,2.55,ANNA,EIRE",
    ].join("\n"),
  );
  const { out } = await running(["retail-invoices", file, "--rejects", rejectsFile]);
  expect(out.slice(0, 6)).toEqual([
    "retail-invoices: 3 of 4 rows accepted, 0 rejected, 1 set aside, 2 noted",
    "  pieces: -1 in the rows seen = -2 accepted + 0 rejected + 1 set aside",
    "  orders: 1 placed with 1 lines (at placing: 1 allocated, 0 backordered), 0 of them cancelled",
    "  assumed: 1 opening batches of 8 pieces",
    "  corrections: 0 pieces found in 0 rows, 2 written off in 1",
    "  reduced: 6 pieces taken off orders by 1 rows, leaving nothing of 1 orders",
  ]);
  expect(out).toContain("  set aside: 1 x postage is no goods (1 pieces)");
  expect(out.at(-1)).toBe(
    `  every rejected, set aside and noted row with its reason: ${rejectsFile}`,
  );
});

test("with --json the report is all that is printed", async () => {
  const { file, rejectsFile } = await sourceFile(csv);
  const { out } = await running(["fashion-stock", file, "--rejects", rejectsFile, "--json"]);
  expect(JSON.parse(out.join("\n"))).toMatchObject({
    mapping: "fashion-stock",
    stop: null,
    rows: { inFile: 2, accepted: 1, rejected: 1, noted: 0 },
  });
});

test("a server that is gone ends with code 1 and says how to go on", async () => {
  const { file, rejectsFile } = await sourceFile(csv);
  const server = new FakeServer();
  server.before = () => {
    throw failure("NETWORK", "fetch failed");
  };
  const { notes, code } = await running(["fashion-stock", file, "--rejects", rejectsFile], server);
  expect(code).toBe(1);
  expect(notes).toEqual([
    "stopped at row 2: the server cannot be reached (NETWORK: fetch failed). " +
      "What was sent stays; run the same command again to go on",
  ]);
});

test("a mapping of one's own starts from a shipped one that is printed", async () => {
  const { file, rejectsFile } = await sourceFile(csv.replace("Stock,", "Pieces,"));
  const shipped = await running(["fashion-stock", "--print-mapping"]);
  const own = JSON.parse(shipped.out.join("\n"));
  own.columns.qty = "Pieces";
  const mapping = join(dirname(file), "mine.json");
  await writeFile(mapping, JSON.stringify(own));
  const { server, failed } = await running(["--mapping", mapping, file, "--rejects", rejectsFile]);
  expect(failed).toBeNull();
  expect(server.batches.get("opening/K1-M")?.qty).toBe(5);
});

test("a mapping file that is no mapping is refused in one line", async () => {
  const { file } = await sourceFile('{"kind": "stock"');
  const broken = await running(["--mapping", file, file]);
  expect(broken.failed).toMatch(/^the mapping file .*source\.csv cannot be read: /);
  await writeFile(file, '{"kind": "stock"}');
  const wrong = await running(["--mapping", file, file]);
  expect(wrong.failed).toMatch(/source\.csv cannot be used: name: .*columns: /);
  expect(await readFile(file, "utf8")).toBe('{"kind": "stock"}');
});

test.each<[string, string[], RegExp]>([
  ["no mapping", [], /name a mapping: fashion-stock, fashion-orders/],
  ["an unknown mapping", ["nothing", "x.csv"], /no mapping nothing; there are fashion-stock/],
  ["no file", ["fashion-stock"], /name the CSV file/],
  ["a file that is not there", ["fashion-stock", "none.csv"], /there is no file none\.csv/],
  ["no concurrency", ["fashion-stock", "x.csv", "--concurrency", "0"], /1 to 256/],
])("%s is an error in one line", async (_what, args, words) => {
  const { failed, out } = await running(args);
  expect(failed).toMatch(words);
  expect(String(failed)).not.toContain("\n");
  expect(out).toEqual([]);
});
