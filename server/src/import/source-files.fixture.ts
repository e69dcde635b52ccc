import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { onTestFinished } from "vitest";
import { type SourceRow, sourceRow } from "./source-rows.ts";

/** For specs: a folder that is gone when the test is over. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "selvedge-import-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** For specs: a source file with this content; its rejects file would stand beside it. */
export async function sourceFile(
  content: string | Uint8Array,
): Promise<{ file: string; rejectsFile: string }> {
  const path = await folder();
  const file = join(path, "source.csv");
  await writeFile(file, content);
  return { file, rejectsFile: join(path, "rejects.csv") };
}

/** For specs: the rows of a rejects file, each as a record by its header. */
export async function rejectsIn(path: string): Promise<Record<string, string>[]> {
  return parse(await readFile(path, "utf8"), { columns: true }) as Record<string, string>[];
}

/** For specs: rows as they come from a file with this header. */
export function rowsOf(
  header: readonly string[],
  lines: readonly (readonly string[])[],
): SourceRow[] {
  return lines.map((cells, at) => sourceRow(cells, at + 2, header.length));
}
