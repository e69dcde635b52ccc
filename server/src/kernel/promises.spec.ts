import { expect, test } from "vitest";
import { silent } from "../log.ts";
import { Promises, type PromisesGiven } from "./promises.ts";
import type { Signals } from "./signals.ts";

const board = { name: "order_board", freshWithinMs: 2_000 };
const list = { name: "pick_list", freshWithinMs: 1_000 };

/** Promises over what the test gives, and the signals that tell of a refresh. */
function promisesFrom(load: () => Promise<PromisesGiven>) {
  const heard: ((group: string) => void)[] = [];
  const signals: Pick<Signals, "on"> = {
    on: (_event, listener) => {
      heard.push(listener as (group: string) => void);
      return () => void heard.splice(0);
    },
  };
  const promises = new Promises({ group: "settings", load }, silent);
  const refreshed = (group: string) => {
    for (const listener of heard) listener(group);
  };
  return { promises, refreshed, heard, start: () => promises.start(signals) };
}

test("a tenant is promised what it was given, and what is declared for the rest", async () => {
  const given = new Map([["strict", { order_board: 500 }]]);
  const { promises, start } = promisesFrom(async () => given);
  expect(promises.ofMs("strict", board)).toBe(2_000);
  await start();
  expect(promises.ofMs("strict", board)).toBe(500);
  expect(promises.ofMs("strict", list)).toBe(1_000);
  expect(promises.ofMs("another", board)).toBe(2_000);
  expect(promises.ofMs(undefined, board)).toBe(2_000);
  await promises.stop();
});

test("the tightest is anybody's, and never looser than what is declared", async () => {
  const given = new Map([
    ["strict", { order_board: 500, pick_list: 9_000 }],
    ["stricter", { order_board: 400 }],
  ]);
  const { promises, start } = promisesFrom(async () => given);
  await start();
  expect(promises.leastMs(board)).toBe(400);
  expect(promises.leastMs(list)).toBe(1_000);
  await promises.stop();
});

test("they are loaded again when their group was refreshed, and not when another was", async () => {
  let loads = 0;
  const { promises, refreshed, heard, start } = promisesFrom(async () => {
    loads += 1;
    return new Map([["strict", { order_board: loads }]]);
  });
  await start();
  refreshed("orders");
  expect(loads).toBe(1);
  refreshed("settings");
  await expect.poll(() => promises.ofMs("strict", board)).toBe(2);
  await promises.stop();
  expect(heard).toEqual([]);
});

test("what changes while they are loaded is loaded after that", async () => {
  const loads: ((given: PromisesGiven) => void)[] = [];
  const { promises, refreshed, start } = promisesFrom(
    () => new Promise((resolve) => loads.push(resolve)),
  );
  const started = start();
  refreshed("settings");
  refreshed("settings");
  expect(loads.length).toBe(1);
  loads[0]?.(new Map([["strict", { order_board: 500 }]]));
  await expect.poll(() => loads.length).toBe(2);
  loads[1]?.(new Map([["strict", { order_board: 700 }]]));
  await started;
  expect(promises.ofMs("strict", board)).toBe(700);
  await promises.stop();
});

test("where they cannot be loaded, the last ones go on to hold", async () => {
  let loads = 0;
  const { promises, refreshed, start } = promisesFrom(async () => {
    loads += 1;
    if (loads === 2) throw new Error("away");
    return new Map([["strict", { order_board: 500 }]]);
  });
  await start();
  refreshed("settings");
  await expect.poll(() => loads).toBe(2);
  expect(promises.ofMs("strict", board)).toBe(500);
  await promises.stop();
});
