import type { ReadModelLag } from "./lag.ts";

/** `430` to `0.4 s`, `48000` to `48 s`, `720000` to `12 min`. */
export function inWords(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 119_500) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_170_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** What operations read first: one sentence, the worst news in it. */
export function sentenceOf({
  readModels,
  refresherHeardAt,
  heard,
}: {
  readModels: readonly ReadModelLag[];
  refresherHeardAt: string | null;
  heard: boolean;
}): string {
  if (!heard) {
    return refresherHeardAt === null
      ? "Lag unknown: no refresher has been heard yet."
      : `Lag unknown since ${refresherHeardAt.slice(11, 19)} UTC: no refresher heard.`;
  }
  const failing = readModels.filter(({ status }) => status === "failing");
  if (failing.length > 0) {
    const [first] = failing;
    const others = failing.length > 1 ? ` and ${failing.length - 1} more` : "";
    return `${first?.name}${others} cannot be refreshed; last refresh failed: ${first?.lastError}`;
  }
  const paused = readModels.filter(({ status }) => status === "paused");
  if (paused.length > 0) {
    const groups = [...new Set(paused.map(({ group }) => group))].join(", ");
    return `Paused: ${groups}${paused[0]?.paused ? ` (${paused[0].paused})` : ""}.`;
  }
  const late = readModels
    .filter(({ status }) => status === "stalled" || status === "behind")
    .sort((a, b) => (b.lagMs ?? 0) - (a.lagMs ?? 0));
  const [worst] = late;
  if (worst) {
    const others = late.length > 1 ? `; ${late.length - 1} more behind` : "";
    return `${worst.name} is ${inWords(worst.lagMs ?? 0)} behind${howOf(worst)}${others}.`;
  }
  const building = readModels.filter(({ status }) => status === "refreshing");
  if (building.length > 0) return `Building ${building.map(({ name }) => name).join(", ")}.`;
  const oldest = Math.max(0, ...readModels.map(({ lagMs }) => lagMs ?? 0));
  return `All ${readModels.length} read models fresh, oldest data ${inWords(oldest)}.`;
}

function howOf({ status, trend }: ReadModelLag): string {
  if (status === "stalled") return ", and nothing moves";
  return trend === "growing" || trend === "shrinking" ? ` and ${trend}` : "";
}
