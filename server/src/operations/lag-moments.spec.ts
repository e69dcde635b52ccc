import { expect, test, vi } from "vitest";
import type { Engine } from "../kernel/engine.ts";
import { changesSince, LagMoments } from "./lag-moments.ts";

/* One measurement for all who look on, and what of it is told. */

/** An engine without read models, whose statements are counted. */
function counted() {
  const query = vi.fn(async () => ({ rows: [] }));
  const promises = { ofMs: () => 1_000 };
  const schemas = { write: "selvedge", read: "selvedge_read", jobs: "selvedge_jobs" };
  const engine = { operationsPool: { query }, readModels: [], promises, schemas };
  return { engine: engine as unknown as Engine, query };
}

test("however many ask for the next moment, it is measured once", async () => {
  const { engine, query } = counted();
  const moments = new LagMoments();
  const first = await Promise.all(Array.from({ length: 20 }, () => moments.next(engine)));
  const once = query.mock.calls.length;
  expect(new Set(first).size).toBe(1);
  expect(once).toBe(2);
  const seen = first[0];
  const second = await Promise.all(Array.from({ length: 20 }, () => moments.next(engine, seen)));
  expect(new Set(second).size).toBe(1);
  expect(second[0]).not.toBe(seen);
  expect(query).toHaveBeenCalledTimes(2 * once);
});

test("whoever comes a moment later is told of the same moment, and of another server's not", async () => {
  const [one, other] = [counted(), counted()];
  const moments = new LagMoments();
  const seen = await moments.next(one.engine);
  expect(await moments.next(one.engine)).toBe(seen);
  expect(one.query).toHaveBeenCalledTimes(2);
  expect(await moments.next(other.engine)).not.toBe(seen);
});

test("a measurement that failed fails for who waited, and the next one is made", async () => {
  const { engine, query } = counted();
  const moments = new LagMoments();
  query.mockRejectedValueOnce(new Error("the database is away"));
  await expect(moments.next(engine)).rejects.toThrow("the database is away");
  expect((await moments.next(engine)).partsFor("default").get("readModels")).toBe("[]");
});

test("what has changed is told: fields by name, and some of the read models by their places", () => {
  const names = ["readModels", '["a","b"]'] as const;
  const a = ["readModels.0", '{"name":"a"}'] as const;
  const before = new Map([["at", "1"], ["sentence", '"x"'], names, a, ["readModels.1", "{}"]]);
  const told = (now: [string, string][]) => JSON.parse(changesSince(before, new Map(now)));
  const same: [string, string][] = [...before];
  expect(told(same)).toEqual({});
  expect(told(same.map(([name, json]) => [name, name === "at" ? "2" : json]))).toEqual({ at: 2 });
  expect(
    told(same.map(([name, json]) => [name, name === "readModels.1" ? '{"lag":3}' : json])),
  ).toEqual({ readModels: { 1: { lag: 3 } } });
  expect(told([["at", "1"], ["readModels", '["a"]'], [...a]])).toEqual({
    readModels: [{ name: "a" }],
  });
  expect(JSON.parse(changesSince(new Map(), before))).toEqual({
    ...{ at: 1, sentence: "x", readModels: [{ name: "a" }, {}] },
  });
});
