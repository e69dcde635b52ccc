import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../server/src/embedded/postgres.ts";
import { readModels } from "../../server/src/router.gen.ts";
import { startSelvedge, type TestSelvedge } from "../harness/selvedge.ts";
import { type ServerProcess, startRefresherProcess, temporaryFolder } from "../main-job/running.ts";

/*
 * One of two refreshers is killed without warning in the middle of its work, again and again, and
 * the other one takes over. SELVEDGE_KILLS says how often (4 unless told).
 */

const kills = Number(process.env.SELVEDGE_KILLS ?? 4);
const freshWithinMs = 15_000;
const burst = 40;

let postgres: EmbeddedPostgres;
let remove: () => Promise<void>;
let it: TestSelvedge;
let database: pg.Pool;
const refreshers: ServerProcess[] = [];
beforeAll(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  postgres = await startEmbeddedPostgres({ dataDir: join(made.folder, "postgres") });
  database = new pg.Pool({ connectionString: postgres.url, max: 4 });
  database.on("error", () => undefined);
  const query = async (text: string, values?: unknown[]) =>
    (await database.query(text, values)).rows;
  it = await startSelvedge(
    { roles: ["command", "query", "admin"] },
    {
      url: postgres.url,
      query: query as TestSelvedge["database"]["query"],
      drop: async () => undefined,
    },
  );
});
afterAll(async () => {
  await Promise.all(refreshers.map((one) => one.stop()));
  await it?.stop();
  await database?.end();
  await postgres?.stop();
  await remove?.();
});

test(`after kill -9 all is fresh again within 15 s, ${kills} times, and nothing is lost`, {
  timeout: kills * 40_000,
}, async () => {
  for (let i = 0; i < 10; i += 1) await it.client.catalogue.registerVariant({ sku: `SKU-${i}` });
  refreshers.push(await startRefresherProcess(postgres.url));
  const tookMs: number[] = [];
  for (let round = 0; round < kills; round += 1) {
    refreshers.push(await startRefresherProcess(postgres.url));
    const writing = writeBurst(round);
    // Any moment may be the worst one, so any moment is taken.
    const moment = new Promise((resolve) => setTimeout(resolve, Math.random() * 600));
    await Promise.race([writing, moment]);
    const [victim] = refreshers.splice(round % 2, 1);
    await victim?.kill();
    const killedAt = performance.now();
    await writing;
    await expect
      .poll(pendingAndHeard, { timeout: freshWithinMs, interval: 20 })
      .toEqual({ pending: 0, isKnown: true });
    tookMs.push(Math.round(performance.now() - killedAt));
  }
  expect(tookMs.length).toBe(kills);
  console.log(`fresh again after (ms): ${tookMs.sort((a, b) => a - b).join(" ")}`);
  const byKey = readModels.filter(({ maintain }) => maintain === "byKey");
  expect(byKey.length).toBe(3);
  for (const { name, columns } of byKey) {
    const list = ["tenant", ...Object.keys(columns)].join(", ");
    const { rows } = await database.query(
      `select (select count(*) from (select ${list} from selvedge_read.${name}
          except all select ${list} from selvedge.def_${name}) as a)::int as kept_only,
        (select count(*) from (select ${list} from selvedge.def_${name}
          except all select ${list} from selvedge_read.${name}) as b)::int as defined_only`,
    );
    expect([name, rows[0]]).toEqual([name, { kept_only: 0, defined_only: 0 }]);
  }
  const [first] = (await database.query("select count(*)::int as n from selvedge_read.order_board"))
    .rows;
  expect(first.n).toBe(kills * burst);
});

async function writeBurst(round: number): Promise<void> {
  await it.client.stock.addBatch({ ref: `B-${round}`, sku: `SKU-${round % 10}`, qty: 1_000 });
  const orders = Array.from({ length: burst }, (_, i) =>
    it.client.orders.placeOrder({
      channel: "kill",
      externalRef: `${round}-${i}`,
      lines: [{ sku: `SKU-${i % 10}`, qty: 1 }],
    }),
  );
  expect((await Promise.all(orders)).length).toBe(burst);
}

async function pendingAndHeard() {
  const { readModels: lags } = await it.client.operations.lag();
  const pending = lags
    .filter(({ maintain }) => maintain === "byKey")
    .reduce((sum, one) => sum + one.pending, 0);
  return { pending, isKnown: lags.every(({ lagMs }) => lagMs !== null) };
}
