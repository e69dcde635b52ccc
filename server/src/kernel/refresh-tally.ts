import type { Stages } from "./lag-stages.ts";

/** What refreshes of one group did since the last time it was asked. */
export interface RefreshWindow {
  readonly group: string;
  /** When the first of them was sent: the process's clock. */
  readonly startedAt: number;
  readonly refreshes: number;
  readonly tookMsMax: number;
  readonly readModels: ReadonlyMap<string, ReadModelTally>;
}

/** The part of one read model in that, with its worst lag. */
export interface ReadModelTally {
  readonly keys: number;
  readonly worst: { readonly lagMs: number; readonly stages: Stages } | null;
  /** In how many of the refreshes keys of it had to be held, and what the first error said. */
  readonly held: { readonly refreshes: number; readonly error: string } | null;
}

/** A refresh that failed. */
export interface FailedRefresh {
  readonly group: string;
  /** When it was sent: the process's clock. */
  readonly startedAt: number;
  readonly tookMs: number;
  readonly error: string;
}

/** What a tally takes of one refresh. */
export interface TalliedRefresh {
  readonly tookMs: number;
  readonly readModels: readonly {
    readonly name: string;
    readonly keys: number;
    readonly lagMs: number | null;
    readonly isRead: boolean;
    readonly error?: unknown;
  }[];
}

const nothing: ReadModelTally = { keys: 0, worst: null, held: null };
// While the database is away failures wait here; the first ones tell most.
const failuresMax = 100;
const errorCharsMax = 8_000;

/** Counts in memory what refreshes did, so that no refresh pays for its history. */
export class RefreshTally {
  #windows = new Map<string, RefreshWindow>();
  #failures: FailedRefresh[] = [];

  /** Counts one refresh in. */
  refreshed(
    group: string,
    startedAt: number,
    { tookMs, readModels }: TalliedRefresh,
    stagesOf: (lagMs: number) => Stages,
  ): void {
    const before = this.#windows.get(group);
    const tallies = new Map(before?.readModels);
    for (const { name, keys, lagMs, error } of readModels.filter(({ isRead }) => isRead)) {
      const { keys: keysBefore, worst, held } = tallies.get(name) ?? nothing;
      const isWorse = lagMs !== null && lagMs >= (worst?.lagMs ?? 0);
      tallies.set(name, {
        keys: keysBefore + keys,
        worst: isWorse ? { lagMs, stages: stagesOf(lagMs) } : worst,
        held:
          error === undefined
            ? held
            : { refreshes: (held?.refreshes ?? 0) + 1, error: held?.error ?? textOf(error) },
      });
    }
    this.#windows.set(group, {
      group,
      startedAt: before?.startedAt ?? startedAt,
      refreshes: (before?.refreshes ?? 0) + 1,
      tookMsMax: Math.max(tookMs, before?.tookMsMax ?? 0),
      readModels: tallies,
    });
  }

  /** Keeps a failure. */
  failed(group: string, startedAt: number, error: unknown): void {
    const tookMs = performance.now() - startedAt;
    this.keep([{ group, startedAt, tookMs, error: textOf(error) }]);
  }

  /** Hands over what was counted and begins anew. */
  take(): RefreshWindow[] {
    const windows = [...this.#windows.values()];
    this.#windows = new Map();
    return windows;
  }

  /** Hands over the failures. */
  takeFailures(): FailedRefresh[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  /** Takes failures back that could not be stored. */
  keep(failures: readonly FailedRefresh[]): void {
    this.#failures.push(...failures);
    this.#failures.sort((a, b) => a.startedAt - b.startedAt).splice(failuresMax);
  }
}

/** All that PostgreSQL says of an error, as text that it takes back. */
function textOf(error: unknown): string {
  const { code, detail, hint, where } = Object(error) as Readonly<Record<string, unknown>>;
  const more = Object.entries({ code, detail, hint, where })
    .filter(([, value]) => typeof value === "string" && value !== "")
    .map(([name, value]) => `${name}: ${value}`);
  const text = [error instanceof Error ? error.message : String(error), ...more].join("\n");
  return text.replaceAll("\0", "").slice(0, errorCharsMax).toWellFormed();
}
