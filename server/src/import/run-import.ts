import { realpath } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Columns } from "./columns.ts";
import { ImportInterrupted } from "./fact-sender.ts";
import { type PlannedWave, withWaves } from "./gather-waves.ts";
import type { ImportClient } from "./import-client.ts";
import { ImportLedger } from "./import-ledger.ts";
import { emptyReport, type ImportProgress, type ImportReport } from "./import-report.ts";
import { forEachInFlight } from "./in-flight.ts";
import type { Mapping } from "./mapping.ts";
import type { Planned, Planner } from "./plan.ts";
import { checkFile } from "./planners.ts";
import { RejectsFile } from "./rejects-file.ts";
import { SendingStopped } from "./send-command.ts";
import { SourceError } from "./source-file.ts";
import { openSource, type Source, type SourceRow } from "./source-rows.ts";
import { WorkSender } from "./work-sender.ts";

/** What to import, and where to. */
export interface ImportOptions {
  /** A CSV file, plain or gzip. */
  file: string;
  mapping: Mapping;
  client: ImportClient;
  /** Where rejected and noted rows go; `<file>.rejects.csv` in the working folder unless told. */
  rejectsFile?: string | undefined;
  /** How many orders or SKUs are sent at once; 16 unless told. */
  concurrency?: number | undefined;
  /** Stops the import after what is being sent. */
  signal?: AbortSignal | undefined;
  /** Plans everything and sends nothing. */
  dryRun?: boolean | undefined;
  onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/**
 * Imports one file: it is read whole once before anything is sent, so that a broken file sends
 * nothing, and then row by row in bounded memory. Every command has the id of its fact, so a run
 * that was cut short is simply run again. Throws a `SourceError` when nothing was sent; later stops
 * are in the report.
 *
 * The commands of one order, and those of one SKU's stock, are sent in the file's order; different
 * orders are sent beside each other, so which of two gets the last piece may differ between runs.
 * Orders that were shipped go on in waves, once all orders of the wave are placed.
 */
export async function runImport(options: ImportOptions): Promise<ImportReport> {
  const { file, mapping } = options;
  const startedMs = performance.now();
  const checked = await checkFile(file, mapping);
  const source = await openSource(file);
  const columns = new Columns(source.header, mapping);

  const report = emptyReport(mapping.name, file, options.dryRun ?? false);
  report.rows.inFile = checked.rows;
  const rejects = await openRejects(options, source);
  const ledger = new ImportLedger(report, rejects, options.onProgress);
  const sender = new WorkSender({ ...options, report, ledger });
  const planner = checked.plannerFor(columns);
  const planned = plannedFrom(source.rows, planner);

  const parts = { sender, ledger, planner, rowsInFile: checked.rows };
  const stop = await sendAll(withWaves(planned), parts, options);
  const { inFile, accepted, rejected } = report.rows;
  const done = accepted + rejected + report.aside.rows === inFile;
  report.stop = stop?.outcome === "interrupted" && done ? null : stop;
  report.causes = ledger.causes();
  report.rejectsFile = await rejects.close();
  report.tookMs = Math.round(performance.now() - startedMs);
  return report;
}

/** Plans row by row; when the file breaks off, what is still open is not planned. */
export async function* plannedFrom(
  rows: AsyncIterable<SourceRow>,
  planner: Planner,
): AsyncGenerator<Planned> {
  for await (const row of rows) yield* planner.take(row);
  yield* planner.end();
}

interface SendingOf {
  readonly sender: WorkSender;
  readonly ledger: ImportLedger;
  readonly planner: Planner;
  readonly rowsInFile: number;
}

async function sendAll(
  planned: AsyncIterable<Planned | PlannedWave>,
  { sender, ledger, planner, rowsInFile }: SendingOf,
  { signal, concurrency = 16 }: ImportOptions,
): Promise<ImportReport["stop"]> {
  let lastRow = 1;
  const settle = async (work: Planned | PlannedWave) => {
    const rows = rowsOf(work);
    lastRow = Math.max(lastRow, rows.at(-1)?.row ?? 0);
    ledger.begin(rows);
    await sender.settle(work);
  };

  // Rows of an order that is still being gathered may stand before all that was sent.
  const firstOf = (row: number) => Math.min(row, planner.openSince?.() ?? Infinity);
  try {
    await sender.open(rowsInFile);
    await forEachInFlight(planned, { concurrency, signal }, settle);
  } catch (error) {
    if (!(error instanceof ImportInterrupted)) {
      const open = ledger.firstOpenRow;
      const row = open === null ? null : firstOf(open);
      return { outcome: "failed", row, reason: stopReason(error) };
    }
  }
  if (!signal?.aborted) return null;
  const row = firstOf(ledger.firstOpenRow ?? lastRow + 1);
  return { outcome: "interrupted", row, reason: "stopped by its user" };
}

/** The rows that a piece of work opens; those of a wave are open since its orders were placed. */
function rowsOf(work: Planned | PlannedWave): readonly SourceRow[] {
  if (work.kind === "wave") return [];
  return work.kind === "rejected" || work.kind === "aside" ? [work.row] : work.rows;
}

function stopReason(error: unknown): string {
  if (error instanceof SendingStopped || error instanceof SourceError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

async function openRejects(options: ImportOptions, source: Source): Promise<RejectsFile> {
  const path = resolve(options.rejectsFile ?? `${basename(options.file)}.rejects.csv`);
  const real = await realpath(path).catch(() => path);
  if (real === (await realpath(options.file)))
    throw new SourceError(`the rejects file ${path} would overwrite the file that is imported`);
  try {
    return await RejectsFile.create(path, source.header);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new SourceError(`the rejects file ${path} cannot be written (${code})`);
  }
}
