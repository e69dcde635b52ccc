import type { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

/* Which keys are pending, where no refresher will ever take them in. */

let it: TestSelvedge;
let client: Selvedge;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
  client = it.client;
});
afterAll(() => it.stop());

const readModel = "sellableAvailability";
const keyOf = (sku: string) => ({ tenant: "default", warehouse: "main", sku, grade: "N" });

test("of a read model that is fresh, nothing is pending", async () => {
  expect(await client.operations.pendingKeys({ readModel })).toEqual({
    ...{ readModel, maintain: "byKey", changes: 0, oldestMs: null, keys: 0, pending: [], more: 0 },
    atLeast: false,
  });
});

test("pending keys are listed with their changes and ages, the oldest first", async () => {
  for (const sku of ["A", "B", "C"]) await client.catalogue.registerVariant({ sku });
  for (const [i, sku] of ["A", "B", "A", "C", "A"].entries()) {
    await client.stock.addBatch({ ref: `B-${i}`, sku, qty: 5 });
  }
  const { parts } = await currentOf(it.database, "sellable_availability");
  await it.database.query(
    `update ${parts.stale} set noted_at = noted_at - interval '1 minute' where sku = 'B'`,
  );
  const answer = await client.operations.pendingKeys({ readModel });
  expect(answer).toMatchObject({ changes: 5, keys: 3, more: 0 });
  expect(answer.pending.map(({ waitingMs, ...one }) => one)).toEqual([
    { key: keyOf("B"), changes: 1, held: false },
    { key: keyOf("A"), changes: 3, held: false },
    { key: keyOf("C"), changes: 1, held: false },
  ]);
  const ages = answer.pending.map(({ waitingMs }) => waitingMs);
  expect(ages).toEqual(ages.toSorted((a, b) => b - a));
  expect(ages[0]).toBeGreaterThanOrEqual(60_000);
  expect(ages[1]).toBeLessThan(60_000);
  expect(Math.abs((answer.oldestMs ?? 0) - (ages[0] ?? 0))).toBeLessThan(5_000);
});

test("more than the limit is told and not listed", async () => {
  const { pending, more, keys } = await client.operations.pendingKeys({ readModel, limit: 2 });
  expect(pending.map(({ key }) => key.sku)).toEqual(["B", "A"]);
  expect([keys, more]).toEqual([3, 1]);
});

test("a key that is set aside is listed as that, as what is set aside is: of any tenant", async () => {
  const { id, parts } = await currentOf(it.database, "sellable_availability");
  const key = { ...keyOf("FAR"), tenant: "elsewhere" };
  await it.database.query(
    `insert into ${parts.stale} (tenant, warehouse, sku, grade, held)
     values ('elsewhere', 'main', 'FAR', 'N', true), ('elsewhere', 'main', 'FAR', 'N', false)`,
  );
  await it.database.query(
    `insert into selvedge.held_key (generation, key, error, retry_at) values ($1, $2, 'no', now())`,
    [id, key],
  );
  const { pending } = await client.operations.pendingKeys({ readModel });
  expect(pending.at(-1)).toMatchObject({ key, changes: 2, held: true });
  expect(pending.filter(({ held }) => held).length).toBe(1);
  const { heldKeys } = await client.operations.heldKeys({ readModel });
  expect(heldKeys.map((one) => one.key)).toEqual([key]);
});

test("a whole read model has no keys, only changes", async () => {
  for (const sku of ["A", "B"]) {
    await client.orders.placeOrder({
      ...{ channel: "shop", externalRef: sku },
      lines: [{ sku, qty: 1 }],
    });
  }
  const answer = await client.operations.pendingKeys({ readModel: "throughput" });
  const [noted] = await it.database.query<{ n: number }>(
    `select count(*)::int as n from ${(await currentOf(it.database, "throughput")).parts.stale}`,
  );
  expect(noted?.n).toBeGreaterThan(0);
  expect(answer).toMatchObject({
    ...{ readModel: "throughput", maintain: "whole", changes: noted?.n },
    ...{ keys: null, pending: [], more: 0 },
  });
  expect(answer.oldestMs).toBeGreaterThan(0);
});

test("a read model that does not exist is refused", async () => {
  const refused = client.operations.pendingKeys({ readModel: "nothing" });
  await expect(refused).rejects.toMatchObject({ code: "NOT_FOUND" });
});
