import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { SourceError } from "./source-file.ts";
import { folder, sourceFile } from "./source-files.fixture.ts";
import { openSource, type SourceRow } from "./source-rows.ts";

async function rowsIn(content: string | Uint8Array): Promise<SourceRow[]> {
  const { file } = await sourceFile(content);
  const rows: SourceRow[] = [];
  for await (const row of (await openSource(file)).rows) rows.push(row);
  return rows;
}

async function refusalOf(content: string | Uint8Array): Promise<string> {
  const failed: unknown = await rowsIn(content).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(SourceError);
  return failed instanceof SourceError ? failed.message : "";
}

const bulkRows = Array.from({ length: 50_000 }, (_none, at) => `S-${at * 7919},${at}\n`);
const bulk = `sku,qty\n${bulkRows.join("")}`;

test("rows carry their line in the file, with the header as line 1", async () => {
  const rows = await rowsIn('sku,name\nA,"two\nlines"\n\nB,plain\r\n"C, c","say ""hi"""\n');
  expect(rows.map(({ row, cells, problem }) => [row, cells, problem])).toEqual([
    [3, ["A", "two\nlines"], null],
    [5, ["B", "plain"], null],
    [6, ["C, c", 'say "hi"'], null],
  ]);
});

test("gzip is told by its first bytes, whatever the file is called", async () => {
  const plain = await rowsIn(bulk);
  const zipped = await rowsIn(gzipSync(bulk));
  expect(plain.length).toBe(50_000);
  expect(zipped).toEqual(plain);
});

test("a byte order mark is no part of the first column's name", async () => {
  const { file } = await sourceFile("\ufeffsku,qty\nA,1\n");
  expect((await openSource(file)).header).toEqual(["sku", "qty"]);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ["an empty file", "", /the file is empty/],
  ["an empty gzip file", gzipSync(""), /the file is empty/],
  ["a file of blank lines", "\n\n\n", /the file is empty/],
  ["a gzip file cut short", gzipSync(bulk).subarray(0, 60_000), /cut short \(after line \d+\)/],
  ["a damaged gzip file", damaged(gzipSync(bulk)), /gzip file is (damaged|cut short)/],
  ["gzip's first bytes alone", Uint8Array.of(0x1f, 0x8b), /gzip file is cut short/],
  ["a zip file", Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0), /zip or spreadsheet file/],
  ["UTF-16 text", Buffer.from("\ufeffsku,qty\nA,1\n", "utf16le"), /UTF-16/],
  ["Latin-1 text", Buffer.from("sku,name\nA,Prét-à-porter\n", "latin1"), /not UTF-8 text/],
  ["UTF-8 cut in a character", Buffer.from("sku\né").subarray(0, 5), /not UTF-8 text/],
  [
    "a row of more than 1 MB",
    `sku,qty\n${"x".repeat(1_100_000)},1\n`,
    /line 2 is longer than 1 MB/,
  ],
  ["a quote never closed", 'sku,qty\nA,"1\nB,2\n', /quote is not closed before the end/],
  [
    "a quote closed lines later",
    'sku,qty\nA,"1\nB,2\nC,"3\n',
    /quote stands where none may at line/,
  ],
  ["a quote closed in another row", 'sku,qty\nA,"1\nB",2\n', /quote is not closed somewhere/],
  [
    "a quote in a cell without quotes",
    'sku,name\nA,5" heel\n',
    /quote stands where none may at line 2/,
  ],
])("%s is refused in words", async (_what, content, words) => {
  expect(await refusalOf(content)).toMatch(words);
});

test("random bytes are refused, or read as rows, but never crash", async () => {
  for (let round = 0; round < 20; round += 1) {
    const outcome = await rowsIn(randomBytes(4_096)).catch((error: unknown) => error);
    expect(Array.isArray(outcome) || outcome instanceof SourceError).toBe(true);
  }
});

test("a missing file and a folder are refused by name", async () => {
  const path = await folder();
  await expect(openSource(`${path}/none.csv`)).rejects.toThrow(`there is no file ${path}/none.csv`);
  await expect(openSource(path)).rejects.toThrow(`${path} is not a file`);
});

test("a row that cannot be trusted says why and keeps only the start of giant cells", async () => {
  const rows = await rowsIn(`a,b\n1\n1,2,3\n1,\0\n1,${"x".repeat(70_000)}\n1,2\n`);
  expect(rows.map((row) => row.problem)).toEqual([
    "the row has 1 columns, the header has 2",
    "the row has 3 columns, the header has 2",
    "a cell holds a NUL byte",
    "a cell holds more than 64 KB of text",
    null,
  ]);
  expect(rows[3]?.cells[1]?.length).toBe(500);
  expect(rows[3]?.size).toBe(70_001);
});

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, 5_000, 5_400);
  return copy;
}
