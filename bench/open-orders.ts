import { parseArgs } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { createSelvedge } from "../server/src/selvedge.ts";
import { startBenchPostgres } from "./bench-postgres.ts";
import { fillHouse } from "./floor/house.ts";
import { spread } from "./in-turns.ts";
import { startProcess } from "./server-process.ts";

/*
 * Planning waves where very many orders are open: which may be picked, by its statement alone as
 * PostgreSQL times it and through the SDK, and planning a wave of some of them.
 */

const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    open: { type: "string" },
    delivered: { type: "string" },
    rounds: { type: "string" },
    data: { type: "string" },
  },
});
const open = Number(flags.open ?? (flags.short ? 5_000 : 100_000));
const delivered = Number(flags.delivered ?? (flags.short ? 1_000 : 100_000));
const rounds = Number(flags.rounds ?? (flags.short ? 5 : 25));

const postgres = await startBenchPostgres(flags.data);
const name = `open_${open}_${delivered}`;
const url = await postgres.createDatabase(name);
await fillHouse(url, { floors: 0, open, delivered });
const server = await startProcess("server/src/cli/main.ts", ["serve", "--port", "0"], {
  DATABASE_URL: url,
});
const client = new Selvedge({ baseUrl: server.baseUrl, consistency: "none" });

const soon = new Date(Date.now() - 20 * 3_600_000).toISOString();
const questions = {
  "the first 200": {},
  "the first 1,000": { limit: 1_000 },
  "of one channel": { channel: "channel 1" },
  "of a channel without orders": { channel: "nobody" },
  "to be shipped by a time": { shipBefore: soon },
};
type Question = keyof typeof questions;
const names = Object.keys(questions) as Question[];

const byStatement = new Map<Question, number[]>();
const bySdk = new Map<Question, number[]>();
const statements = await statementsOf(questions);
const database = new pg.Client({
  connectionString: url,
  // As queries are planned: once for all values.
  options: "-c plan_cache_mode=force_generic_plan -c jit=off -c search_path=selvedge_read",
});
await database.connect();
for (let round = 0; round < rounds; round += 1) {
  for (const question of names) {
    const statement = statements.get(question) as pg.QueryConfig;
    add(byStatement, question, await executionMs(database, statement));
    add(bySdk, question, await timed(() => client.orders.ordersToPick(questions[question])));
  }
}
console.log(`\n${open} open orders, ${delivered} delivered ones; ms, ${rounds} times each`);
for (const question of names) {
  const [alone, through] = [byStatement.get(question) ?? [], bySdk.get(question) ?? []];
  console.log(
    `ordersToPick, ${question.padEnd(28)} statement ${spread(alone, 1).padEnd(18)} ` +
      `through the SDK ${spread(through, 1)}`,
  );
}
for (const orders of [15, 200, 1_000]) {
  const took: number[] = [];
  for (let round = 0; round < Math.ceil(rounds / 3); round += 1) {
    const { data } = await client.orders.ordersToPick({ limit: orders });
    const orderIds = data.rows.map(({ orderId }) => orderId);
    const planned = await measured(() => client.waves.planWave({ orderIds, maxTasks: 5_000 }));
    took.push(planned.tookMs);
    await client.waves.cancelWave({ waveId: planned.answer.data.waveId, reason: "only a try" });
    // Until the board shows them again as they were.
    await client.orders.ordersToPick({}, { maxStaleMs: 0, onMiss: "wait", timeoutMs: 5_000 });
  }
  console.log(`planWave of ${String(orders).padEnd(5)} orders through the SDK  ${spread(took, 1)}`);
}
await database.end();
await server.stop();
await postgres.stop();

function add(to: Map<Question, number[]>, question: Question, tookMs: number): void {
  to.set(question, [...(to.get(question) ?? []), tookMs]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  return (await measured(work)).tookMs;
}

async function measured<T>(work: () => Promise<T>): Promise<{ answer: T; tookMs: number }> {
  const begun = performance.now();
  const answer = await work();
  return { answer, tookMs: performance.now() - begun };
}

/** What a server sends to PostgreSQL for each question, by listening to one in this process. */
async function statementsOf(
  asked: Readonly<Record<string, object>>,
): Promise<Map<Question, pg.QueryConfig>> {
  const selvedge = createSelvedge({ databaseUrl: url, roles: ["query"], migrate: "off" });
  await selvedge.start();
  const listener = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const { port } = listener.address() as { port: number };
  const asker = new Selvedge({ baseUrl: `http://127.0.0.1:${port}`, consistency: "none" });
  const pool = selvedge.engine?.readPool as pg.Pool;
  const sent = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
  let heard: pg.QueryConfig | undefined;
  pool.query = ((config: pg.QueryConfig) => {
    heard = config;
    return sent(config);
  }) as typeof pool.query;
  const found = new Map<Question, pg.QueryConfig>();
  for (const [question, input] of Object.entries(asked)) {
    await asker.orders.ordersToPick(input);
    if (heard) found.set(question as Question, heard);
  }
  listener.closeAllConnections();
  await new Promise((resolve) => listener.close(resolve));
  await selvedge.stop();
  return found;
}

/** How long PostgreSQL says that a statement ran, prepared as the server prepares it. */
async function executionMs(on: pg.Client, { name, text, values = [] }: pg.QueryConfig) {
  await on.query(`deallocate all`);
  await on.query(`prepare asked as ${text}`);
  const given = values.map((value) => (value === null ? "null" : on.escapeLiteral(String(value))));
  const { rows } = await on.query(
    `explain (analyze, timing off, format json) execute asked (${given.join(", ")})`,
  );
  const took = rows[0]["QUERY PLAN"][0]["Execution Time"] as number | undefined;
  if (took === undefined) throw new Error(`PostgreSQL does not say how long ${name} took.`);
  return took;
}
