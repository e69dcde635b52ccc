import { SingleBar } from "cli-progress";
import type { DaySize } from "../sample-day/plan/day-size.ts";
import { tellDay } from "../sample-day/play/report.ts";
import { playSampleDay } from "../sample-day/play-sample-day.ts";
import { planSampleDay, type SampleDay } from "../sample-day/sample-day.ts";
import type { CliIo } from "./cli-io.ts";
import { clientOf } from "./who-works.ts";

/** Where the day is played, how much of it, and when it is to end early. */
export interface DayToPlay {
  readonly baseUrl: string;
  readonly size: DaySize;
  readonly signal: AbortSignal;
}

/** Plays the generated day through a server, unless it was played before, and tells of it. */
export async function playDay(toPlay: DayToPlay, io: CliIo): Promise<void> {
  const { baseUrl, size } = toPlay;
  const day = planSampleDay(undefined, size);
  const { planning } = day;
  if (await wasPlayed(baseUrl, day)) {
    io.out(`The generated day (${planning.label}) was played before.`);
    return;
  }
  io.out(`Playing a generated day of a re-commerce warehouse (${planning.label}, invented data):`);
  const started = performance.now();
  const { report, commands } = await playWithBar(toPlay, io);
  const seconds = (performance.now() - started) / 1_000;
  const { applied, repeated, refused } = report;
  io.out(
    `${number(commands)} commands in ${seconds.toFixed(1)} s (${number(commands / seconds)}/s): ` +
      `${number(applied)} applied, ${number(repeated)} repeated, ${number(refused)} refused`,
  );
  for (const line of tellDay(report)) io.out(line);
}

/** The day is over with its last command; before that it goes on where it was. */
async function wasPlayed(baseUrl: string, { deliveries }: SampleDay): Promise<boolean> {
  const { announcement } = deliveries.tomorrow;
  const { journal } = clientOf(baseUrl, announcement.as);
  const { data } = await journal.commandLog({ commandId: announcement.commandId });
  return data.rows.length > 0;
}

async function playWithBar({ baseUrl, size, signal }: DayToPlay, io: CliIo) {
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
  if (shown) bar.start(size.commands, 0, { rate: "-", step: "" });
  try {
    const report = await playSampleDay({
      clientOf: (name) => clientOf(baseUrl, name),
      size,
      signal,
      onProgress: (progress) => {
        commands = progress.commands;
        const rate = Math.round(commands / ((performance.now() - started) / 1_000));
        // What follows from answers is not known before, so the bar may end early.
        if (shown) bar.update(Math.min(commands, size.commands), { rate, step: progress.step });
        else if (commands % 1_000 === 0) io.note(`${commands} commands, ${rate}/s`);
      },
    });
    return { report, commands };
  } finally {
    if (shown) bar.stop();
  }
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
