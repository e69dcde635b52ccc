import { Selvedge } from "@selvedge/sdk";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { playSampleDay } from "../sample-day/play-sample-day.ts";
import { planSampleDay } from "../sample-day/sample-day.ts";
import { type CliIo, processIo } from "./cli-io.ts";
import { type RunningServer, startServer, untilAsked } from "./running-server.ts";
import { serverOptions } from "./server-options.ts";
import { lagExitCode, lagTable } from "./table.ts";

interface Options {
  readonly port: number;
  readonly host: string;
  readonly dataDir?: string;
  readonly once?: boolean;
  readonly sample: boolean;
}

/** `selvedge start`: everything in one process, with a generated day to look at. */
export function startCommand(io: CliIo = processIo): Command {
  const command = new Command("start")
    .description(
      "start everything in one process and play a generated day of a warehouse through it",
    )
    .option("--once", "end after the day was played and its table printed")
    .option("--no-sample", "start empty, without the generated day");
  for (const option of serverOptions()) command.addOption(option);
  return command.action((options: Options) => start(options, io));
}

async function start(options: Options, io: CliIo): Promise<void> {
  const asked = untilAsked();
  const server = await startServer(
    { ...options, dataDir: options.dataDir, roles: undefined, migrate: "run" },
    io,
  );
  try {
    io.out(dataLine(server));
    const played = options.sample ? playDay(server, io) : Promise.resolve();
    const ended = await Promise.race([played.then(() => "played"), asked.then(() => "asked")]);
    if (ended === "asked") return;
    await showLag(server, options, io);
    if (options.once) return;
    io.out("Ctrl-C ends it; the data is kept.");
    await asked;
    io.note("stopping");
  } finally {
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

async function playDay({ baseUrl }: RunningServer, io: CliIo): Promise<void> {
  const client = new Selvedge({ baseUrl, consistency: "none" });
  const day = planSampleDay();
  const planned = day.morningOrders.length + day.afternoonOrders.length;
  const { data } = await client.orders.orderTotals({}, { onMiss: "serve" });
  if (data.orders >= planned) {
    io.out(
      `The database holds ${number(data.orders)} orders; the generated day was played before.`,
    );
    return;
  }
  io.out(`Playing a generated day of a re-commerce warehouse (${day.day}, invented data):`);
  const started = performance.now();
  const { report, commands } = await playWithBar(client, io);
  const seconds = (performance.now() - started) / 1_000;
  const { applied, repeated, refused, orders, lines, backordered, allocatedLater } = report;
  io.out(
    `${number(commands)} commands in ${seconds.toFixed(1)} s (${number(commands / seconds)}/s): ` +
      `${number(applied)} applied, ${number(repeated)} repeated, ${number(refused)} refused; ` +
      `${number(orders)} orders with ${number(lines)} lines, ` +
      `${number(backordered)} backordered at first, ${number(allocatedLater)} allocated later.`,
  );
}

async function playWithBar(client: Selvedge, io: CliIo) {
  const shown = io.progress.isTTY === true;
  const bar = new SingleBar({
    stream: io.progress,
    format: "{bar} {value} commands | {rate}/s | {step}",
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    barCompleteChar: "\u2588",
    barIncompleteChar: "\u2591",
  });
  const started = performance.now();
  let commands = 0;
  if (shown) bar.start(expectedCommands, 0, { rate: "-", step: "" });
  try {
    const report = await playSampleDay({
      client,
      onProgress: (progress) => {
        commands = progress.commands;
        const rate = Math.round(commands / ((performance.now() - started) / 1_000));
        if (shown) bar.update(Math.min(commands, expectedCommands), { rate, step: progress.step });
        else if (commands % 1_000 === 0) io.note(`${commands} commands, ${rate}/s`);
      },
    });
    return { report, commands };
  } finally {
    if (shown) bar.stop();
  }
}

// What the day comes to; what follows from answers is not known before, so the bar may end early.
const expectedCommands = 3_000;

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

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
