import { mean, spread } from "./in-turns.ts";
import { percentiles } from "./measure.ts";
import type { Recorded } from "./record-commands.ts";
import type { LagSeen } from "./watch-lags.ts";

/** How long one command took one side. */
export interface Took {
  readonly kind: string;
  readonly tookMs: number;
  readonly refused: string | undefined;
}

/** Processor time by who took it, in ms. */
export interface Processors {
  readonly client: number;
  readonly selvedge: number;
  readonly postgres: number;
}

/** What a side did in one turn. */
export interface Turn {
  readonly took: readonly Took[];
  readonly perSecond: number;
  readonly spent: Processors;
}

type Side = "sdk" | "pg, refreshed" | "pg, bare";

/** What a day came to. */
export interface MixedDay {
  readonly results: Readonly<Record<Side, readonly Turn[]>>;
  /** The commands that were measured, as they were recorded. */
  readonly recorded: readonly Recorded[];
  readonly lagsSeen: readonly LagSeen[];
}

/** Prints rates and ratios, each kind of command, refusals, and the lag of every read model. */
export function printMixedDay({ results, recorded, lagsSeen }: MixedDay): void {
  const sides = Object.keys(results) as Side[];
  const turns = results.sdk.length;
  console.log(`\n${recorded.length} commands, in ${turns} turns each`);
  for (const side of sides) {
    const all = results[side].flatMap(({ took }) => took.map(({ tookMs }) => tookMs));
    const { p50Ms, p99Ms } = percentiles(all);
    const rate = spread(
      results[side].map(({ perSecond }) => perSecond),
      0,
    );
    console.log(
      `${side.padEnd(14)} ${rate}/s  p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms`,
    );
  }
  for (const side of ["pg, refreshed", "pg, bare"] as const) {
    const ratios = results.sdk.map(
      ({ perSecond }, i) => perSecond / (results[side][i]?.perSecond ?? Number.NaN),
    );
    console.log(`sdk : ${side.padEnd(14)} ${spread(ratios)}  (aim at least 0.5)`);
  }
  printProcessors(results);
  printKinds(results, recorded);
  printRefusals(results.sdk.flatMap(({ took }) => took));
  printLags(lagsSeen);
}

/** What a command takes of the processors: what is left of the rate where others use them too. */
function printProcessors(results: MixedDay["results"]): void {
  const perCommand = (side: Side, who: keyof Processors) => {
    const spent = results[side].reduce((sum, turn) => sum + turn.spent[who], 0);
    return spent / results[side].reduce((sum, { took }) => sum + took.length, 0);
  };
  const totalOf = (side: Side) =>
    perCommand(side, "client") + perCommand(side, "selvedge") + perCommand(side, "postgres");
  console.log("\nprocessor time a command, ms");
  for (const side of Object.keys(results) as Side[]) {
    const of = (["client", "selvedge", "postgres"] as const).map(
      (who) => `${who} ${perCommand(side, who).toFixed(2)}`,
    );
    const ratio = (totalOf(side) / totalOf("sdk")).toFixed(2);
    console.log(
      `${side.padEnd(14)} ${totalOf(side).toFixed(2)} (${of.join(", ")}); ratio ${ratio}`,
    );
  }
}

function printKinds(results: MixedDay["results"], recorded: readonly Recorded[]): void {
  const byKind = Map.groupBy(recorded, ({ kind }) => kind);
  const tookOf = (side: Side, kind: string) =>
    results[side].flatMap(({ took }) => took.filter((one) => one.kind === kind)).map(tookMsOf);
  const kinds = [...byKind].sort((a, b) => b[1].length - a[1].length);
  console.log(
    `\n${"command".padEnd(26)} times  statements  trips   sdk: p50    p99 ms   ` +
      "pg, refreshed: p50    p99 ms   mean ratio",
  );
  for (const [kind, of] of kinds) {
    const sdk = tookOf("sdk", kind);
    const pg = tookOf("pg, refreshed", kind);
    const statements = mean(of.map(({ flights }) => flights.flat().length));
    const trips = mean(of.map(({ flights }) => flights.length));
    const [a, b] = [percentiles(sdk), percentiles(pg)];
    const cells = [
      kind.padEnd(26),
      cell(of.length, 5, 0),
      cell(statements, 11),
      cell(trips, 6),
      cell(a.p50Ms, 11),
      cell(a.p99Ms, 9),
      cell(b.p50Ms, 20),
      cell(b.p99Ms, 9),
      cell(mean(pg) / mean(sdk), 12, 2),
    ];
    console.log(cells.join(" "));
  }
}

function printRefusals(took: readonly Took[]): void {
  const refused = took.flatMap(({ refused }) => (refused === undefined ? [] : [refused]));
  const byReason = [...Map.groupBy(refused, (reason) => reason)];
  const told = byReason.map(([reason, all]) => `${reason} ${all.length}`).join(", ");
  console.log(`\n${refused.length} of ${took.length} refused: ${told}`);
}

function printLags(lagsSeen: readonly LagSeen[]): void {
  console.log(`\n${"read model".padEnd(24)} promise    worst lag`);
  for (const { name, promiseMs, worstMs, looks, late } of lagsSeen) {
    const verdict = late === 0 ? "within it throughout" : `over it at ${late} of ${looks} looks`;
    const cells = [name.padEnd(22), cell(promiseMs, 7, 0), "ms", cell(worstMs, 9, 0), "ms "];
    console.log(`${cells.join(" ")} ${verdict}`);
  }
}

function tookMsOf({ tookMs }: Took): number {
  return tookMs;
}

function cell(value: number, width: number, digits = 1): string {
  return value.toFixed(digits).padStart(width);
}
