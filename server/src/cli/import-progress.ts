import { Presets, SingleBar } from "cli-progress";
import type { ImportProgress } from "../import/import-report.ts";
import type { CliIo } from "./cli-io.ts";

/** Shows how far an import is. */
export interface ProgressView {
  show(progress: ImportProgress): void;
  end(): void;
}

const plainEveryMs = 5_000;

/** A bar where a person is watching, a plain line every few seconds where a log file is. */
export function progressView(io: CliIo): ProgressView {
  return io.progress.isTTY ? barView(io) : plainView(io);
}

function barView(io: CliIo): ProgressView {
  const bar = new SingleBar(
    {
      stream: io.progress,
      format:
        "{bar} {percentage} % | {value} of {total} rows | {rate} rows/s | " +
        "eta {eta_formatted} | {rejected} rejected",
      etaBuffer: 500,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const startedMs = performance.now();
  let started = false;
  return {
    show(progress) {
      if (!started) bar.start(progress.rowsInFile, 0, { rate: 0, rejected: 0 });
      started = true;
      const rate = rateOf(progress, startedMs);
      bar.update(progress.rowsDone, { rate, rejected: progress.rejected });
    },
    end() {
      if (started) bar.stop();
    },
  };
}

function plainView(io: CliIo): ProgressView {
  const startedMs = performance.now();
  let latest: ImportProgress | null = null;
  const timer = setInterval(() => {
    if (latest) io.note(progressLine(latest, rateOf(latest, startedMs)));
  }, plainEveryMs);
  timer.unref();
  return {
    show(progress) {
      latest = progress;
    },
    end() {
      clearInterval(timer);
    },
  };
}

function rateOf(progress: ImportProgress, startedMs: number): number {
  return Math.round(progress.rowsDone / Math.max(0.001, (performance.now() - startedMs) / 1_000));
}

/** One line for a log file. */
export function progressLine(progress: ImportProgress, rowsPerSecond: number): string {
  const { rowsDone, rowsInFile, rejected } = progress;
  const percent = rowsInFile === 0 ? 100 : Math.floor((rowsDone / rowsInFile) * 100);
  const left = rowsPerSecond === 0 ? "?" : Math.ceil((rowsInFile - rowsDone) / rowsPerSecond);
  return (
    `${rowsDone} of ${rowsInFile} rows (${percent} %), ${rowsPerSecond} rows/s, ` +
    `${left} s left, ${rejected} rejected`
  );
}
