import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { loadGenerations } from "../server/src/kernel/generation.ts";
import { camelCase, defaultSchemas } from "../server/src/kernel/schemas.ts";
import { Signals } from "../server/src/kernel/signals.ts";
import { silent } from "../server/src/log.ts";
import { startBenchPostgres, withClient } from "./bench-postgres.ts";
import { Day } from "./floor/day.ts";
import { fillHouse } from "./floor/house.ts";
import { percentiles } from "./measure.ts";
import { type Recorded, recordCommands } from "./record-commands.ts";
import { openReplay } from "./replay-commands.ts";
import { startProcess } from "./server-process.ts";
import { watchVisibility } from "./visibility.ts";

/*
 * How long after its commit a command of a mixed day is visible in each read model that it
 * concerns, with all of them kept, at steady rates: commands through the SDK, as many as the
 * machine can; and their statements by the driver alone, which leaves room for higher rates, with a
 * refresher in a process of its own. Which read models a command concerns was seen when it was
 * recorded.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    "at-once": { type: "string", default: "16" },
    rates: { type: "string" },
    writers: { type: "string", default: "sdk,pg" },
    "for-ms": { type: "string" },
    delivered: { type: "string" },
    open: { type: "string" },
  },
});
const floors = Number(flags["at-once"]);
const rates = (flags.rates ?? (flags.short ? "40" : "50,100,300")).split(",").map(Number);
const writers = flags.writers.split(",");
const forMs = Number(flags["for-ms"] ?? (flags.short ? 4_000 : 20_000));
const delivered = Number(flags.delivered ?? (flags.short ? 2_000 : 50_000));
const open = Number(flags.open ?? (flags.short ? 200 : 2_000));
const warmUp = flags.short ? 20 : 130;
// No command is sent twice, so there have to be as many as could be sent.
const commands = rates.reduce(
  (sum, rate) => sum + Math.ceil((rate * forMs) / 1_000 / floors) + 1,
  warmUp,
);

const postgres = await startBenchPostgres();
const filled = await postgres.createDatabase("filled");
await fillHouse(filled, { floors, delivered, open });
const recorded = await recordCommands(await postgres.copyDatabase("filled", "recorded"), {
  ...{ floors, commands },
});

/** Does a floor's next command; answers its transaction. */
type Writer = (floor: number, n: number) => Promise<string | undefined>;

for (const writer of writers) {
  const url = await postgres.copyDatabase("filled", `by_${writer}`);
  const roles = writer === "sdk" ? [] : ["--roles", "refresh"];
  const args = ["serve", "--port", "0", ...roles];
  const server = await startProcess("server/src/cli/main.ts", args, { DATABASE_URL: url });
  const { write, end } = await (writer === "sdk" ? bySdk(server.baseUrl) : byStatements(url));
  let next = warmUp;
  await Promise.all(floorNumbers().map((floor) => repeat(floor, 0, warmUp, write)));
  for (const perSecond of rates) {
    const until = next + Math.ceil((perSecond * forMs) / 1_000 / floors);
    await measure(`${writer}, ${perSecond}/s`, url, { perSecond, from: next, until, write });
    next = until;
  }
  await end();
  await server.stop();
}
await postgres.stop();

async function bySdk(baseUrl: string): Promise<{ write: Writer; end: () => Promise<void> }> {
  const client = new Selvedge({ baseUrl, consistency: "none" });
  const days = floorNumbers().map((floor) => new Day(floor, client));
  return {
    write: async (floor) => (await (days[floor] as Day).next()).xid,
    end: async () => undefined,
  };
}

async function byStatements(url: string): Promise<{ write: Writer; end: () => Promise<void> }> {
  const replay = await openReplay(url, floors);
  const signals = new Signals(url, silent);
  await signals.start();
  return {
    write: async (floor, n) => {
      const xid = await replay.command(floor, commandOf(floor, n));
      signals.written(commandOf(floor, n).written);
      return xid;
    },
    end: async () => {
      await signals.stop();
      await replay.end();
    },
  };
}

function commandOf(floor: number, n: number): Recorded {
  const one = recorded[floor]?.[n];
  if (!one) throw new Error(`Command ${n} of floor ${floor} was not recorded.`);
  return one;
}

function floorNumbers(): number[] {
  return Array.from({ length: floors }, (_, floor) => floor);
}

async function repeat(floor: number, from: number, until: number, write: Writer): Promise<void> {
  for (let n = from; n < until; n += 1) await write(floor, n);
}

interface Run {
  readonly perSecond: number;
  readonly from: number;
  readonly until: number;
  readonly write: Writer;
}

/** Lets all floors go on at a rate, and prints when what they did was visible, and where. */
async function measure(title: string, url: string, run: Run): Promise<void> {
  const models = await withClient(url, (client) =>
    loadGenerations(client, defaultSchemas, "state = 'current'"),
  );
  const groups = [...new Set(models.map(({ group }) => group))];
  const watches = await Promise.all(groups.map((group) => watchVisibility(url, group)));
  const touched = new Map<string, Set<string>>();
  const begun = performance.now();
  let sent = 0;
  let done = 0;
  await Promise.all(
    floorNumbers().map(async (floor) => {
      for (let n = run.from; n < run.until && performance.now() < begun + forMs; n += 1) {
        const wait = begun + (sent++ * 1_000) / run.perSecond - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        const xid = await run.write(floor, n);
        done += 1;
        if (xid === undefined) continue;
        for (const name of commandOf(floor, n).touched) {
          touched.set(name, (touched.get(name) ?? new Set()).add(xid));
        }
      }
    }),
  );
  const reached = (done * 1_000) / (performance.now() - begun);
  console.log(`\n${title} asked: ${reached.toFixed(0)}/s reached; commit to visible, ms`);
  const byGroup = new Map(
    await Promise.all(
      groups.map(async (group, i) => {
        const names = models.filter((one) => one.group === group).map(({ name }) => name);
        const xids = names.flatMap((name) => [...(touched.get(camelCase(name)) ?? [])]);
        // A whole read model rests for half of its promise, which says nothing of the machine.
        const isWhole = models.some(
          (one) => one.group === group && one.definition.maintain === "whole",
        );
        const lags = await (watches[i] as Awaited<ReturnType<typeof watchVisibility>>).lagsOf(
          isWhole ? new Set() : new Set(xids),
        );
        return [group, lags] as const;
      }),
    ),
  );
  for (const { name, group, definition } of models) {
    const xids = touched.get(camelCase(name)) ?? [];
    const lags = [...xids].flatMap((xid) => byGroup.get(group)?.get(xid) ?? []);
    if (lags.length === 0) continue;
    const { p50Ms, p95Ms, p99Ms } = percentiles(lags);
    const aim = definition.freshWithinMs === 1_000 ? "  (aim: p99 at most 100)" : "";
    console.log(
      `${camelCase(name).padEnd(22)} promises ${String(definition.freshWithinMs).padStart(6)} ms  ` +
        `${String(lags.length).padStart(6)} seen  p50 ${p50Ms.toFixed(1).padStart(7)}  ` +
        `p95 ${p95Ms.toFixed(1).padStart(7)}  p99 ${p99Ms.toFixed(1).padStart(7)}${aim}`,
    );
  }
}
