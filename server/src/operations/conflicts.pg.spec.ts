import { Selvedge } from "@selvedge/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../test/harness/house.ts";
import type { ConflictTally } from "../kernel/conflict-tally.ts";

let house: House;
let tally: ConflictTally;
beforeAll(async () => {
  house = await startHouse();
  const { engine } = house.selvedge;
  if (!engine) throw new Error("It did not start.");
  tally = engine.conflicts;
});
afterEach(() => house.database.query("truncate selvedge.conflict_tally"));
afterAll(() => house.stop());

const mine = { tenant: "default", command: "orders.cancelOrder" };

test("each pair is told with its counts, the most frequent first", async () => {
  tally.count(mine, ["a.rare"], "rerun");
  for (let i = 0; i < 3; i += 1) tally.count(mine, ["a.often"], "refused");
  const { pairs, since } = await house.client.operations.conflicts({});
  tally.count(mine, ["a.rare"], "refused");
  const later = await house.client.operations.conflicts({});

  const { command } = mine;
  const often = { command, other: "a.often", reruns: 0, refused: 3, lastAt: pairs[0]?.lastAt };
  const rare = { command, other: "a.rare", reruns: 1, refused: 0, lastAt: pairs[1]?.lastAt };
  expect(pairs).toEqual([often, rare]);
  expect(later.pairs.map(({ reruns, refused }) => [reruns, refused])).toEqual([
    [0, 3],
    [1, 1],
  ]);
  expect(Date.parse(since)).toBeLessThan(Date.parse(pairs[0]?.lastAt ?? ""));
  expect(Date.parse(since) % 3_600_000).toBe(0);
});

test("conflicts of another tenant are nobody else's", async () => {
  tally.count({ ...mine, tenant: "elsewhere" }, ["a.often"], "rerun");
  expect((await house.client.operations.conflicts({})).pairs).toEqual([]);
  expect((await house.elsewhere.operations.conflicts({})).pairs.length).toBe(1);
});

test("a window shows what is not older, and what is older than a month goes", async () => {
  await house.database.query(
    `insert into selvedge.conflict_tally (hour, tenant, command, other, reruns, refused, last_at)
     select date_trunc('hour', now() - age, 'UTC'), 'default', 'a', age::text, 1, 0, now() - age
     from unnest('{0 h,3 h,3 d,20 d,40 d}'::interval[]) as ages (age)`,
  );
  const seen = async (span: "1h" | "24h" | "7d" | "30d") =>
    (await house.client.operations.conflicts({ span })).pairs.length;
  expect([await seen("1h"), await seen("24h"), await seen("7d"), await seen("30d")]).toEqual([
    1, 2, 3, 4,
  ]);
  tally.count(mine, ["a.often"], "rerun");
  await tally.flush();
  const kept = await house.database.query("select from selvedge.conflict_tally");
  expect(kept.length).toBe(5);
});

test("who may not look at operations is told so", async () => {
  const stranger = new Selvedge({ baseUrl: house.baseUrl, apiKey: "slv_unknown" });
  await expect(stranger.operations.conflicts({})).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
  });
});
