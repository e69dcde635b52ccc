import Table from "cli-table3";

/** What the table shows of one read model; the answer of `selvedge.operations.lag()` fits. */
export interface ReadModelLag {
  name: string;
  status: string;
  lagMs: number | null;
  trend: string | null;
  pending: number;
  pendingIsAtLeast: boolean;
  promiseMs: number;
  asOf: string | null;
  rows: number | null;
  lastError: string | null;
}

/** What the table shows of a server; the answer of `selvedge.operations.lag()` fits. */
export interface ServerLag {
  sentence: string;
  readModels: readonly ReadModelLag[];
}

const arrows: Readonly<Record<string, string>> = { growing: "↗ ", shrinking: "↘ " };

/** The read models of a server as a table for a person, the sentence on top. */
export function lagTable(lag: ServerLag): string {
  const table = new Table({
    head: ["read model", "status", "lag", "promise", "pending", "rows", "as of"],
    colAligns: ["left", "left", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const model of lag.readModels)
    table.push([
      model.name,
      model.status,
      `${arrows[model.trend ?? ""] ?? ""}${duration(model.lagMs)}`,
      duration(model.promiseMs),
      `${model.pending.toLocaleString("en-US")}${model.pendingIsAtLeast ? " or more" : ""}`,
      model.rows === null ? "-" : `~${model.rows.toLocaleString("en-US")}`,
      model.asOf ?? "-",
    ]);
  const errors = lag.readModels
    .filter((model) => model.lastError !== null)
    .map((model) => `${model.name}: ${oneLine(model.lastError ?? "")}`);
  return [lag.sentence, table.toString(), ...errors].join("\n");
}

/** 0 when every read model keeps its promise, 2 when one does not or nobody can tell. */
export function lagExitCode(lag: ServerLag): 0 | 2 {
  const kept = lag.readModels.every(
    (model) =>
      (model.status === "fresh" || model.status === "refreshing") &&
      model.lagMs !== null &&
      model.lagMs <= model.promiseMs,
  );
  return kept ? 0 : 2;
}

/** A span of time as people read it; what is not known is a dash, never 0. */
export function duration(spanMs: number | null): string {
  if (spanMs === null) return "-";
  if (spanMs < 1_000) return `${Math.round(spanMs)} ms`;
  if (spanMs < 120_000) return `${(spanMs / 1_000).toFixed(1)} s`;
  if (spanMs < 7_200_000) return `${Math.round(spanMs / 60_000)} min`;
  return `${(spanMs / 3_600_000).toFixed(1)} h`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, "; ");
}
