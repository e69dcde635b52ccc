import type { Selvedge } from "@selvedge/sdk";
import Table from "cli-table3";
import { Command, Option } from "commander";
import { type CliIo, processIo } from "./cli-io.ts";
import { type ConnectOptions, connect, connectOptions } from "./connect.ts";

/** What `selvedge.operations.readModelCosts()` answers. */
export type ReadModelCosts = Awaited<ReturnType<Selvedge["operations"]["readModelCosts"]>>;

interface Options extends ConnectOptions {
  readonly window: "1h" | "24h" | "7d" | "30d";
  readonly json?: boolean;
}

/** `selvedge projections costs`: whether it is cheaper to keep a read model or to compute it. */
export function costsCommand(io: CliIo = processIo): Command {
  const costs = new Command("costs")
    .description("show what each read model costs to keep, and what computing it would cost")
    .addOption(
      new Option("--window <span>", "how far back to look")
        .choices(["1h", "24h", "7d", "30d"])
        .default("24h"),
    )
    .option("--json", "print as JSON");
  for (const option of connectOptions) costs.addOption(option);
  return costs.action(async ({ window, json, ...options }: Options) => {
    const client = await connect(options, io);
    const answer = await client.operations.readModelCosts({ window });
    io.out(json ? JSON.stringify(answer, null, 2) : costsTable(answer));
  });
}

/** What read models cost as a table for a person, with what the figures are. */
export function costsTable({ since, hours, readModels }: ReadModelCosts): string {
  if (since === null) return "Nothing has been counted in this time.";
  const right = Array<"right">(8).fill("right");
  const table = new Table({
    head: [
      ...["read model", "refreshes", "keys", "refreshing", "reads"],
      ...["one kept", "one live", "hour kept", "hour live", "cheaper"],
    ],
    colAligns: ["left", ...right, "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const model of readModels) {
    const { kept, patched, live, trials, liveIsAtLeast } = model;
    const atLeast = liveIsAtLeast ? "> " : "";
    table.push([
      ...[model.readModel, counted(model.refreshes), counted(model.keys), spent(model.refreshMs)],
      counted(kept.reads + patched.reads + live.reads),
      spent(trials?.keptMs ?? (kept.reads > 0 ? kept.ms / kept.reads : null)),
      `${atLeast}${spent(model.liveMsPerRead)}`,
      spent(model.keptMsPerHour),
      `${atLeast}${spent(model.liveMsPerHour)}`,
      model.cheaper ?? "-",
    ]);
  }
  return [
    `Counted since ${since} (${hours} h).`,
    table.toString(),
    "one: the database's time for a read, tried both ways with reads picked at random; or, untried,",
    "the mean of those served so. hour: all reads of an hour so; where kept, with the refreshes.",
    "What noting changes costs inside commands is not in it.",
  ].join("\n");
}

/** A span of time, down to hundredths of a millisecond; what is not known is a dash, never 0. */
function spent(ms: number | null): string {
  if (ms === null) return "-";
  if (ms < 100) return `${ms.toFixed(2)} ms`;
  if (ms < 10_000) return `${Math.round(ms).toLocaleString("en-US")} ms`;
  return `${Math.round(ms / 1_000).toLocaleString("en-US")} s`;
}

function counted(n: number): string {
  return n.toLocaleString("en-US");
}
