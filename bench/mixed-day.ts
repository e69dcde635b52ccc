import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { Signals } from "../server/src/kernel/signals.ts";
import { silent } from "../server/src/log.ts";
import { startBenchPostgres } from "./bench-postgres.ts";
import { Day } from "./floor/day.ts";
import { fillHouse } from "./floor/house.ts";
import { type Processors, printMixedDay, type Took } from "./mixed-day-report.ts";
import { postmasterOf, processorMs, processorMsOfFamily } from "./processor-time.ts";
import { type Recorded, recordCommands } from "./record-commands.ts";
import { openReplay } from "./replay-commands.ts";
import { startProcess } from "./server-process.ts";
import { watchLags } from "./watch-lags.ts";

/*
 * A day in a whole warehouse, all commands in the proportion in which they come: through the SDK
 * against a server process with all roles, beside the very same statements sent by the driver
 * alone. Commands are run twice: once by a server that is listened to, which gives the statements,
 * their order and their round trips; and then again to be measured. Each contender has a copy of
 * one database, in which everything succeeds or is refused as it was, and does the same commands;
 * they take turns, some hundred commands each. The driver is measured twice: with a refresher at
 * work that keeps its read models fresh, as the server's are, and with nobody who does.
 *
 * Each caller works on a floor of its own, so that what it sent once can be sent again whatever the
 * others do meanwhile. Commands that meet each other are what `hot-sku.ts` measures.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    "at-once": { type: "string", default: "8" },
    /** Commands of each floor before anything counts: until something is on its way everywhere. */
    "warm-up": { type: "string" },
    rounds: { type: "string" },
    /** Commands of each floor in one turn. */
    turn: { type: "string" },
    delivered: { type: "string" },
    open: { type: "string" },
  },
});
const floors = Number(flags["at-once"]);
const warmUp = Number(flags["warm-up"] ?? (flags.short ? 60 : 260));
const rounds = Number(flags.rounds ?? (flags.short ? 2 : 7));
const turn = Number(flags.turn ?? (flags.short ? 40 : 100));
const past = {
  delivered: Number(flags.delivered ?? (flags.short ? 2_000 : 50_000)),
  open: Number(flags.open ?? (flags.short ? 200 : 2_000)),
};

const postgres = await startBenchPostgres();
const filled = await postgres.createDatabase("filled");
await fillHouse(filled, { floors, ...past });
const copies = {
  recorded: await postgres.copyDatabase("filled", "recorded"),
  sdk: await postgres.copyDatabase("filled", "sdk"),
  refreshed: await postgres.copyDatabase("filled", "refreshed"),
  bare: await postgres.copyDatabase("filled", "bare"),
};
const commands = warmUp + rounds * turn;
const recorded = await recordCommands(copies.recorded, { floors, commands });

/** One side of the comparison: does a floor's next command. */
type Contender = (floor: number, n: number) => Promise<{ kind: string; refused?: string }>;

const serve = (url: string, roles?: string) =>
  startProcess(
    "server/src/cli/main.ts",
    ["serve", "--port", "0", ...(roles ? ["--roles", roles] : [])],
    { DATABASE_URL: url },
  );
const server = await serve(copies.sdk);
const refresher = await serve(copies.refreshed, "refresh");
const client = new Selvedge({ baseUrl: server.baseUrl, consistency: "none" });
const days = Array.from({ length: floors }, (_, floor) => new Day(floor, client));
const replays = {
  refreshed: await openReplay(copies.refreshed, floors),
  bare: await openReplay(copies.bare, floors),
};
const signals = new Signals(copies.refreshed, silent);
await signals.start();
const of = (floor: number, n: number) => recorded[floor]?.[n] as Recorded;
const contenders = {
  sdk: async (floor) => {
    const done = await (days[floor] as Day).next();
    return { kind: done.kind, ...(done.refused !== undefined && { refused: done.refused }) };
  },
  "pg, refreshed": async (floor, n) => {
    await replays.refreshed.command(floor, of(floor, n));
    signals.written(of(floor, n).written);
    return { kind: of(floor, n).kind };
  },
  "pg, bare": async (floor, n) => {
    await replays.bare.command(floor, of(floor, n));
    return { kind: of(floor, n).kind };
  },
} satisfies Record<string, Contender>;
const names = Object.keys(contenders) as (keyof typeof contenders)[];

const postmaster = await postmasterOf(copies.sdk);
/** What clients, Selvedge's own processes and PostgreSQL have taken so far. */
const processors = (): Processors => ({
  client: processorMs(process.pid),
  selvedge: processorMs(server.pid) + processorMs(refresher.pid),
  postgres: processorMsOfFamily(postmaster),
});

/** Lets a contender do the next commands of all floors, and answers how fast it was. */
async function takeTurn(name: (typeof names)[number], from: number, to: number) {
  const took: Took[] = [];
  const before = processors();
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: floors }, async (_, floor) => {
      for (let n = from; n < to; n += 1) {
        const sent = performance.now();
        const { kind, refused } = await (contenders[name] as Contender)(floor, n);
        const tookMs = performance.now() - sent;
        if (kind !== of(floor, n).kind) throw new Error(`${kind} was ${of(floor, n).kind} before.`);
        took.push({ kind, tookMs, refused });
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  const after = processors();
  const spent = {
    client: after.client - before.client,
    selvedge: after.selvedge - before.selvedge,
    postgres: after.postgres - before.postgres,
  };
  return { took, perSecond: took.length / seconds, spent };
}

for (const name of names) await takeTurn(name, 0, warmUp);
const lags = await watchLags(copies.sdk);
const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
  (typeof names)[number],
  Awaited<ReturnType<typeof takeTurn>>[]
>;
for (let round = 0; round < rounds; round += 1) {
  const from = warmUp + round * turn;
  for (let i = 0; i < names.length; i += 1) {
    const name = names[(i + round) % names.length] as (typeof names)[number];
    const measured = await takeTurn(name, from, from + turn);
    results[name].push(measured);
    console.error(`round ${round + 1}: ${name} ${measured.perSecond.toFixed(0)}/s`);
  }
}
const lagsSeen = await lags.end();
printMixedDay({ results, recorded: recorded.flatMap((one) => one.slice(warmUp)), lagsSeen });
for (const [name, { differing }] of Object.entries(replays)) {
  for (const [text, times] of differing) console.log(`${name}, ${times} times other rows: ${text}`);
}
console.log(`server's peak memory    ${server.peakMemoryMb()} MB`);

for (const replay of Object.values(replays)) await replay.end();
await signals.stop();
await refresher.stop();
await server.stop();
await postgres.stop();
