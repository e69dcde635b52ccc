import { Selvedge } from "@selvedge/sdk";
import { Command, Option } from "commander";
import type { Releases } from "../kernel/install-read-models.ts";
import { smallDay, wholeDay } from "../sample-day/plan/day-size.ts";
import { tellBoards } from "../sample-day/play/boards.ts";
import { tellPart } from "../sample-day/play/report.ts";
import { type ApplicationOptions, loadApplication } from "./application.ts";
import { type CliIo, processIo } from "./cli-io.ts";
import { playDay } from "./play-day.ts";
import { type RunningServer, startServer, untilAsked } from "./running-server.ts";
import { serverOptions } from "./server-options.ts";
import { lagExitCode, lagTable } from "./table.ts";
import { whoWorks } from "./who-works.ts";

const sizes = { whole: wholeDay, small: smallDay } as const;

interface Options extends ApplicationOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir?: string;
  readonly releases: Releases;
  readonly once?: boolean;
  readonly sample: keyof typeof sizes | false;
}

/** `selvedge start`: everything in one process, with a generated day to look at. */
export function startCommand(io: CliIo = processIo): Command {
  const command = new Command("start")
    .description(
      "start everything in one process and play a generated day of a warehouse through it",
    )
    .option("--once", "end after the day was played and its table printed")
    .addOption(
      new Option("--sample <size>", "how much happens on the generated day")
        .choices(Object.keys(sizes))
        .default("whole"),
    )
    .option("--no-sample", "start empty, without the generated day");
  for (const option of serverOptions()) command.addOption(option);
  return command.action((options: Options) => start(options, io));
}

async function start(options: Options, io: CliIo): Promise<void> {
  const asked = untilAsked();
  const ending = new AbortController();
  const application = await loadApplication(options);
  const server = await startServer(
    {
      ...{ ...options, application, dataDir: options.dataDir, roles: undefined, migrate: "run" },
      authenticate: whoWorks,
    },
    io,
  );
  try {
    io.out(dataLine(server));
    if (options.sample) io.out(`Admin page  ${server.baseUrl}/admin/`);
    const played = playedDay(server, options, ending.signal, io);
    const ended = await Promise.race([played.then(() => "played"), asked.then(() => "asked")]);
    if (ended === "asked") return;
    await showLag(server, options, io);
    if (options.once) return;
    io.out("Ctrl-C ends it; the data is kept.");
    await asked;
    io.note("stopping");
  } finally {
    ending.abort();
    await server.stop();
  }
}

function dataLine({ embedded }: RunningServer): string {
  if (!embedded) return "Using the PostgreSQL that DATABASE_URL names.";
  const { fresh, dataDir } = embedded;
  return fresh
    ? `A new embedded PostgreSQL keeps its data in ${dataDir}`
    : `Found the data of an earlier start in ${dataDir}`;
}

async function playedDay(
  { baseUrl }: RunningServer,
  { sample }: Options,
  signal: AbortSignal,
  io: CliIo,
): Promise<void> {
  if (sample === false) return;
  await playDay({ baseUrl, size: sizes[sample], signal }, io);
  io.out(tellPart("Now", await tellBoards(new Selvedge({ baseUrl }))));
}

async function showLag({ baseUrl }: RunningServer, { once }: Options, io: CliIo): Promise<void> {
  const client = new Selvedge({ baseUrl });
  const lag = await client.operations.lag();
  io.out("");
  io.out(lagTable(lag));
  io.out("");
  io.out(`Admin page  ${baseUrl}/admin/`);
  io.out(`API         ${baseUrl}/trpc/  (call it with @selvedge/sdk, baseUrl "${baseUrl}")`);
  if (once && lagExitCode(lag) !== 0) io.note("some read models are not fresh yet");
}
