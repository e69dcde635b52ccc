import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import type { ImportClient } from "../import/import-client.ts";
import type { ImportReport } from "../import/import-report.ts";
import { type Mapping, MappingError, parseMapping } from "../import/mapping.ts";
import { shippedMapping, shippedMappingNames } from "../import/mappings/shipped-mappings.ts";
import { runImport } from "../import/run-import.ts";
import { CliError, type CliIo, lineOf, processIo } from "./cli-io.ts";
import { type ConnectOptions, connect, connectOptions } from "./connect.ts";
import { progressView } from "./import-progress.ts";
import { importSummary, stopLine } from "./import-summary.ts";

/** Makes the client that an import sends its commands through. */
export type ConnectTo = (options: ConnectOptions, io: CliIo) => Promise<ImportClient>;

interface Options extends ConnectOptions {
  mapping?: string;
  rejects?: string;
  concurrency: number;
  dryRun?: boolean;
  json?: boolean;
  printMapping?: boolean;
}

interface Surroundings {
  readonly io: CliIo;
  readonly connectTo: ConnectTo;
}

/** `selvedge import`: a seller's stock and order exports become commands. */
export function importCommand(io: CliIo = processIo, connectTo: ConnectTo = connect): Command {
  const command = new Command("import")
    .description(
      "import a seller's CSV export (plain or gzip), orders as far as their status says; " +
        "safe to run again",
    )
    .argument("[mapping]", `how to read it: ${shippedMappingNames.join(", ")}`)
    .argument("[file]", "the CSV file")
    .option("--mapping <path>", "a mapping file of your own (JSON), in place of a shipped one")
    .option("--rejects <file>", "where rejected, set aside and noted rows go (<file>.rejects.csv)")
    .option("--concurrency <n>", "commands sent at once", concurrencyOf, 16)
    .option("--dry-run", "check the file and plan everything, send nothing")
    .option("--print-mapping", "print the mapping as JSON, to start your own from")
    .option("--json", "print the report as JSON");
  for (const option of connectOptions) command.addOption(option);
  return command.action((mapping: string | undefined, file: string | undefined, options: Options) =>
    importFile(mapping, file, options, { io, connectTo }),
  );
}

async function importFile(
  first: string | undefined,
  second: string | undefined,
  options: Options,
  { io, connectTo }: Surroundings,
): Promise<void> {
  const mapping = await mappingOf(options.mapping, first);
  if (options.printMapping) return io.out(JSON.stringify(mapping, null, 2));
  const file = options.mapping ? (second ?? first) : second;
  if (!file) throw new CliError("name the CSV file to import");

  const report = await runInterruptibly(mapping, file, options, { io, connectTo });
  if (options.json) io.out(JSON.stringify(report, null, 2));
  else for (const line of importSummary(report)) io.out(line);
  const stopped = stopLine(report);
  if (stopped) io.note(stopped);
  if (report.stop) io.exitWith(report.stop.outcome === "interrupted" ? 130 : 1);
}

async function runInterruptibly(
  mapping: Mapping,
  file: string,
  options: Options,
  { io, connectTo }: Surroundings,
): Promise<ImportReport> {
  const client = await connectTo(options, io);
  const stopping = new AbortController();
  const stop = () => {
    io.note("stopping after what is being sent; once more ends at once");
    stopping.abort();
  };
  // Once: a second signal meets no handler and ends the process as usual.
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const view = progressView(io);
  try {
    return await runImport({
      file,
      mapping,
      client,
      rejectsFile: options.rejects,
      concurrency: options.concurrency,
      dryRun: options.dryRun,
      signal: stopping.signal,
      onProgress: (progress) => view.show(progress),
    });
  } finally {
    view.end();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

async function mappingOf(path: string | undefined, name: string | undefined): Promise<Mapping> {
  if (path) return readMapping(path);
  const names = shippedMappingNames.join(", ");
  if (!name) throw new CliError(`name a mapping: ${names}, or --mapping <path>`);
  const mapping = shippedMapping(name);
  if (!mapping) throw new CliError(`there is no mapping ${name}; there are ${names}`);
  return mapping;
}

async function readMapping(path: string): Promise<Mapping> {
  try {
    return parseMapping(JSON.parse(await readFile(path, "utf8")), path);
  } catch (error) {
    if (error instanceof MappingError) throw error;
    throw new CliError(`the mapping file ${path} cannot be read: ${lineOf(error)}`);
  }
}

function concurrencyOf(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 256)
    throw new InvalidArgumentError("a whole number from 1 to 256 is wanted");
  return number;
}
