import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { createSelvedge } from "../server/src/selvedge.ts";
import { launchChromium } from "../test/browser/chromium.ts";
import { ensureAdminUiBuilt } from "../test/browser/ensure-admin-ui-built.ts";
import { startBenchPostgres, withClient } from "./bench-postgres.ts";
import { mean } from "./in-turns.ts";
import { median, percentiles } from "./measure.ts";
import { bestSeller, fillYears, noteChanges } from "./years-of-size.ts";

/*
 * What each question of the admin page takes in a small house and in one of many years, in turns:
 * ten thousand commands and thirteen read models, a million and five hundred. And how soon the page
 * can be used.
 */

const { values: flags } = parseArgs({
  options: { short: { type: "boolean", default: false }, rows: { type: "string" } },
});
const bigRows = Number(flags.rows ?? (flags.short ? 100_000 : 1_000_000));
const rounds = flags.short ? 5 : 25;
const aimMs = 300;

const postgres = await startBenchPostgres();
const small = await houseOf("small", { commands: 10_000, readModels: 13 });
const big = await houseOf("big", { commands: bigRows, readModels: flags.short ? 50 : 500 });

type Ask = (client: Selvedge, command: string) => Promise<unknown>;
const [group, readModel, stock] = ["fulfilment", "orderBoard", "sellableAvailability"];
const questions: Readonly<Record<string, Ask>> = {
  lag: ({ operations }) => operations.lag(),
  diagnosis: ({ operations }) => operations.diagnosis({ readModel }),
  "lagHistory 1h": ({ operations }) => operations.lagHistory({ readModel, span: "1h" }),
  "lagHistory 24h": ({ operations }) => operations.lagHistory({ readModel, span: "24h" }),
  "lagHistory 30d": ({ operations }) => operations.lagHistory({ readModel, span: "30d" }),
  pendingKeys: ({ operations }) => operations.pendingKeys({ readModel, limit: 500 }),
  heldKeys: ({ operations }) => operations.heldKeys({ readModel }),
  refreshHistory: ({ operations }) => operations.refreshHistory({ group, limit: 30 }),
  verifications: ({ operations }) => operations.verifications({ readModel }),
  describe: ({ operations }) => operations.describe({ readModel }),
  behind: ({ operations }) => operations.behind({ readModel }),
  readModelCosts: ({ operations }) => operations.readModelCosts({ window: "24h" }),
  journal: ({ journal }) => journal.journalEntries({ limit: 50 }),
  "life of a thing": ({ journal }) =>
    journal.events({ aggregate: { kind: "Garment", id: "LPN-13" }, limit: 200 }),
  incidents: ({ operations }) => operations.incidents(),
  generations: ({ operations }) => operations.generations({ readModel }),
  "conflicts 30d": ({ operations }) => operations.conflicts({ span: "30d" }),
  commands: ({ journal }) => journal.commandLog({ limit: 50 }),
  "commands of one": ({ journal }) => journal.commandLog({ limit: 50, actor: "actor-7" }),
  "commands, rare": ({ journal }) => journal.commandLog({ limit: 50, procedure: "bins.rare" }),
  trace: ({ operations }, command) => operations.trace({ command }),
  passport: ({ journal }) => journal.garmentPassport({ lpn: "LPN-13", limit: 200 }),
  log: ({ operations }) => operations.log(),
  "why, a best seller": ({ operations }) => operations.why({ readModel: stock, key: bestSeller }),
  "why, a common SKU": ({ operations }) =>
    operations.why({ readModel: stock, key: { ...bestSeller, sku: "SKU-7" } }),
  "rows, any": ({ operations }) => operations.readModelRows({ readModel: stock, limit: 10 }),
  "rows of a SKU": ({ operations }) =>
    operations.readModelRows({ readModel: stock, where: { sku: "SKU-7" }, limit: 10 }),
  "rows, none": ({ operations }) =>
    operations.readModelRows({ readModel: stock, where: { grade: "Z" }, limit: 10 }),
};

const tookMs = new Map<string, { small: number[]; big: number[] }>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, ask] of Object.entries(questions)) {
    const took = tookMs.get(name) ?? { small: [], big: [] };
    tookMs.set(name, took);
    for (const [size, house] of [
      ["small", small],
      ["big", big],
    ] as const) {
      const begun = performance.now();
      await ask(house.client, house.command);
      // The first of each is planned and read from the disk.
      if (round > 0) took[size].push(performance.now() - begun);
    }
  }
}

console.log(`\n10,000 commands : ${bigRows.toLocaleString("en-US")} (aim: below ${aimMs} ms)`);
for (const [name, took] of tookMs) {
  const [one, other] = [median(took.small), median(took.big)];
  const { p95Ms } = percentiles(took.big);
  const missed = other > aimMs ? "  MISSED" : "";
  console.log(
    `${name.padEnd(18)} ${one.toFixed(1)} ms : ${other.toFixed(1)} ms = ` +
      `${(other / one).toFixed(2)}  (p95 ${p95Ms.toFixed(1)} ms)${missed}`,
  );
}

const noted = bigRows;
await withClient(big.databaseUrl, (client) => noteChanges(client, noted));
console.log(
  `\nwith ${noted.toLocaleString("en-US")} changes that one read model does not show yet`,
);
for (const [name, ask] of Object.entries<Ask>({
  lag: ({ operations }) => operations.lag(),
  pendingKeys: ({ operations }) => operations.pendingKeys({ readModel: stock, limit: 500 }),
  "why, a common SKU": questions["why, a common SKU"] as Ask,
  behind: ({ operations }) => operations.behind({ readModel: stock }),
})) {
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    await ask(big.client, big.command);
    if (round > 0) took.push(performance.now() - begun);
  }
  console.log(`${name.padEnd(18)} ${median(took).toFixed(1)} ms`);
}

await ensureAdminUiBuilt();
const browser = await launchChromium();
for (const [size, house] of [
  ["small", small],
  ["big", big],
] as const) {
  const usableMs: number[] = [];
  for (let round = 0; round < (flags.short ? 2 : 5); round += 1) {
    const page = await browser.newPage();
    const begun = performance.now();
    await page.goto(`${house.baseUrl}/admin/`);
    await page.getByLabel("Find read models").fill("board");
    await page.getByRole("rowheader", { name: "orderBoard" }).waitFor();
    usableMs.push(performance.now() - begun);
    await page.close();
  }
  console.log(
    `usable, searched and found, ${size}: ${median(usableMs).toFixed(0)} ms ` +
      `(mean ${mean(usableMs).toFixed(0)} ms; aim: below 1,000 ms)`,
  );
}
await browser.close();
for (const house of [small, big]) await house.stop();
await postgres.stop();

async function houseOf(name: string, size: { commands: number; readModels: number }) {
  const databaseUrl = await postgres.createDatabase(name);
  const selvedge = createSelvedge({ databaseUrl, roles: ["query", "admin"] });
  await selvedge.start();
  await withClient(databaseUrl, (client) => fillYears(client, size));
  const server = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ baseUrl, databaseUrl },
    client: new Selvedge({ baseUrl }),
    command: `command-${size.commands / 2}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await selvedge.stop();
    },
  };
}
