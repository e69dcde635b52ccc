import { pipeline, Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import { SourceError, sourceErrorFrom, sourceText } from "./source-file.ts";

/** One row of a source file. */
export interface SourceRow {
  /** The line of the file on which the row ends; the header is line 1. */
  readonly row: number;
  readonly cells: readonly string[];
  /** Why no cell of the row can be trusted, or null. */
  readonly problem: string | null;
  /** How many characters the row holds. */
  readonly size: number;
}

/** The header of a source file and its rows, read while they are asked for. */
export interface Source {
  readonly header: readonly string[];
  readonly rows: AsyncIterable<SourceRow>;
}

const fieldSizeMax = 64 * 1024;
const recordSizeMax = 1024 * 1024;

interface ParsedRecord {
  readonly info: Info;
  readonly record: string[];
}

/** Opens a CSV file (plain or gzip) and reads its header. */
export async function openSource(path: string): Promise<Source> {
  const records = recordsOf(path);
  const first = await records.next();
  if (first.done) throw new SourceError("the file is empty");

  const header = first.value.record.map((name) => name.trim());
  return { header, rows: rowsOf(records, header.length) };
}

async function* rowsOf(
  records: AsyncGenerator<ParsedRecord>,
  width: number,
): AsyncGenerator<SourceRow> {
  for await (const { record, info } of records) yield sourceRow(record, info.lines, width);
}

/** Judges one record on its own: its width, its size, and whether it is text at all. */
export function sourceRow(cells: readonly string[], row: number, width: number): SourceRow {
  const size = cells.reduce((sum, cell) => sum + cell.length, 0);
  const problem = problemOf(cells, row, width);
  // A row that is refused is only kept to be shown: its giant cells need not be.
  return problem === null
    ? { row, cells, problem, size }
    : { row, cells: cells.slice(0, 200).map((cell) => cell.slice(0, 500)), problem, size };
}

function problemOf(cells: readonly string[], row: number, width: number): string | null {
  if (cells.length !== width) {
    if (cells.some((cell) => cell.includes("\n")))
      throw new SourceError(`a quote is not closed somewhere in the row that ends at line ${row}`);
    return `the row has ${cells.length} columns, the header has ${width}`;
  }
  if (cells.some((cell) => cell.includes("\0"))) return "a cell holds a NUL byte";
  if (cells.some((cell) => cell.length > fieldSizeMax))
    return "a cell holds more than 64 KB of text";
  return null;
}

async function* recordsOf(path: string): AsyncGenerator<ParsedRecord> {
  const parser = parse({
    columns: false,
    info: true,
    max_record_size: recordSizeMax,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  pipeline(Readable.from(sourceText(path)), parser, () => {});
  try {
    for await (const parsed of parser) yield parsed as ParsedRecord;
  } catch (error) {
    throw parseErrorFrom(error);
  }
}

function parseErrorFrom(error: unknown): SourceError {
  if (!(error instanceof CsvError)) return sourceErrorFrom(error, 1);
  const line = "lines" in error ? Number(error.lines) : 1;
  if (error.code === "CSV_MAX_RECORD_SIZE")
    return new SourceError(
      `the row at line ${line} is longer than 1 MB: is a quote not closed, or is this no CSV file?`,
    );
  if (error.code === "CSV_QUOTE_NOT_CLOSED")
    return new SourceError(`a quote is not closed before the end of the file (line ${line})`);
  return new SourceError(
    `a quote stands where none may at line ${line}: quote the whole cell, and double those in it`,
  );
}
