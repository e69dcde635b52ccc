import { Selvedge as Client } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstSeed } from "../../../../../../test/consistency/seeds.ts";
import type { TestDatabase } from "../../../../../../test/harness/database.ts";
import { ownCluster } from "../../../../../../test/harness/own-cluster.ts";
import { type ServerProcess, startQueryProcess } from "../../../../../../test/harness/processes.ts";
import { migrate } from "../../../../kernel/migrate.ts";
import { defaultSchemas } from "../../../../kernel/schemas.ts";
import { readModels } from "../../../../router.gen.ts";
import { seededRandom } from "../../../../sample-day/seeded-random.ts";
import { followFeed, idsInOrder, writeInCrowd } from "../../feed-crowd.fixture.ts";

/* The feed is followed through one process after the other; each is killed while it is asked. */

let database: TestDatabase;
const processes: ServerProcess[] = [];
beforeAll(async () => {
  database = await ownCluster();
  await migrate({ databaseUrl: database.url, schemas: defaultSchemas, readModels });
  for (let i = 0; i < 3; i += 1) processes.push(await startQueryProcess(database.url));
});
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await database?.drop();
});

test("a reader goes on in another process where the last one was killed", async () => {
  const random = seededRandom(firstSeed);
  const own = () => seededRandom(random.int(0, 1_000_000_000));
  const baseUrls = processes.map(({ baseUrl }) => baseUrl);
  let at = 0;
  let over = false;
  const ask = () => new Client({ baseUrl: baseUrls[at] ?? "", retriesMax: 0 });
  const reading = followFeed(ask, () => over, own());
  const committed: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const crowd = { writers: 6, transactions: 10, name: `R${round}` };
    committed.push(...(await writeInCrowd(database, crowd, own)));
    if (round === 2) break;
    await processes.shift()?.kill();
    at += 1;
  }
  over = true;
  const inOrder = await idsInOrder(database);
  expect(committed.length).toBeGreaterThan(180);
  expect(inOrder.toSorted()).toEqual(committed.toSorted());
  expect(await reading).toEqual(inOrder);
  expect(processes.length).toBe(1);
});
