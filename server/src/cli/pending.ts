import type { Selvedge } from "@selvedge/sdk";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { type CliIo, processIo } from "./cli-io.ts";
import { type ConnectOptions, connect, connectOptions } from "./connect.ts";
import { duration } from "./table.ts";

/** What `selvedge.operations.pendingKeys()` answers. */
export type PendingKeys = Awaited<ReturnType<Selvedge["operations"]["pendingKeys"]>>;

interface Options extends ConnectOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** `selvedge projections pending`: which keys a read model is behind in. */
export function pendingCommand(io: CliIo = processIo): Command {
  const pending = new Command("pending")
    .argument("<readModel>", "as the SDK names it, like orderBoard")
    .description("show the keys that are pending, those that wait the longest first")
    .option("--limit <keys>", "show so many keys at most", limitOf, 50)
    .option("--json", "print as JSON");
  for (const option of connectOptions) pending.addOption(option);
  return pending.action(async (readModel: string, { limit, json, ...options }: Options) => {
    const client = await connect(options, io);
    const answer = await client.operations.pendingKeys({ readModel, limit });
    io.out(json ? JSON.stringify(answer, null, 2) : pendingText(answer));
  });
}

/** What is pending of a read model, for a person. */
export function pendingText(answer: PendingKeys): string {
  const { readModel, changes, oldestMs, keys, pending, more } = answer;
  const inAll = (n: number, what: string) => some(n, answer.atLeast ? `or more ${what}` : what);
  if (changes === 0) return `Nothing is pending for ${readModel}.`;
  const waits = `the oldest for ${duration(oldestMs)}`;
  if (keys === null) {
    return `${readModel} is refreshed whole and has no keys: ${inAll(changes, "change")} pending, ${waits}.`;
  }
  const columns = Object.keys(pending[0]?.key ?? {});
  const table = new Table({
    head: [...columns, "changes", "waiting", "set aside"],
    style: { head: [], border: [], compact: true },
  });
  for (const { key, changes, waitingMs, held } of pending) {
    const values = columns.map((column) => String(key[column]));
    table.push([...values, changes, duration(waitingMs), held ? "yes" : ""]);
  }
  const told = `${inAll(changes, "change")} of ${inAll(keys, "key")} pending for ${readModel}`;
  const rest = more > 0 ? [`... and ${some(more, "more key")}; --limit shows up to 500.`] : [];
  return [`${told}, ${waits}.`, table.toString(), ...rest].join("\n");
}

function some(n: number, what: string): string {
  return `${n.toLocaleString("en-US")} ${what}${n === 1 ? "" : "s"}`;
}

function limitOf(value: string): number {
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new InvalidArgumentError("a whole number from 1 to 500 is wanted");
}
