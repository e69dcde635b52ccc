import { afterAll, beforeAll, expect, test } from "vitest";
import { currentOf, staleOf } from "../../../test/harness/generations.ts";
import { type House, startHouse } from "../../../test/harness/house.ts";

/* What a lag means to the house: so many orders with a cut-off, so many pieces. */

let house: House;
beforeAll(async () => {
  house = await startHouse();
  await house.stocks("TEE", 50);
});
afterAll(() => house.stop());

const reason = "a spec says so";
const behind = (readModel = "orderBoard") => house.client.operations.behind({ readModel });
const pause = () => house.client.operations.pause({ group: "fulfilment", reason });
const resume = async () => {
  await house.client.operations.resume({ group: "fulfilment", reason });
  await expect.poll(() => staleOf(house.database, "order_board")).toEqual([]);
};

test("what shows everything is behind in nothing", async () => {
  await expect.poll(() => staleOf(house.database, "order_board")).toEqual([]);
  const nothing = { readModel: "orderBoard", things: [], cutOffs: [], isAtLeast: false };
  expect(await behind()).toEqual(nothing);
  await expect(behind("nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("it is told by the things that waiting commands changed, and by their cut-offs", async () => {
  await pause();
  const shipBy = ["2026-03-02T17:00:00.000Z", "2026-03-03T17:00:00.000Z"] as const;
  const promise = (at: string) => ({ promise: { shipBy: at } });
  const first = await house.sells({ TEE: 1 }, promise(shipBy[1]));
  for (let n = 0; n < 3; n += 1) await house.sells({ TEE: 2 }, promise(shipBy[0]));
  await house.sells({ TEE: 1 });
  // The same order again counts once.
  await house.client.orders.holdOrder({ orderId: first.orderId, reason });
  const { things, cutOffs, isAtLeast } = await behind();
  expect(things).toContainEqual({ kind: "Order", count: 5 });
  expect(cutOffs).toEqual([
    { kind: "Order", at: shipBy[0], count: 3 },
    { kind: "Order", at: shipBy[1], count: 1 },
  ]);
  expect(isAtLeast).toBe(false);
  const { things: elsewhere } = await house.elsewhere.operations.behind({
    readModel: "orderBoard",
  });
  expect(elsewhere).toEqual([]);
  await resume();
  expect((await behind()).things).toEqual([]);
});

test("where very much waits, a part of it is looked through, and that is said", async () => {
  await pause();
  const { parts } = await currentOf(house.database, "order_board");
  const { orderId } = await house.sells({ TEE: 1 });
  await house.database.query(
    `insert into ${parts.stale} (tenant, order_id)
     select 'default', '${orderId}' from generate_series(1, 20000)`,
  );
  expect((await behind()).isAtLeast).toBe(true);
  await resume();
});
