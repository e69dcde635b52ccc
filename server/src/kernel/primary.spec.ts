import type pg from "pg";
import { expect, test } from "vitest";
import { Primary } from "./primary.ts";

/** A primary whose answers the test gives, one a question. */
function primaryThat(...answers: (() => Promise<object>)[]) {
  let asked = 0;
  const query = async () => {
    const answer = answers[asked];
    asked += 1;
    if (!answer) throw new Error("It was asked too often.");
    return { rows: [await answer()] };
  };
  return { primary: new Primary({ query } as unknown as pg.Pool), asked: () => asked };
}

const soon = () => performance.now() + 5_000;
const at = (xmax: number) => async () => ({ xmax: String(xmax), at: 1_000 });

test("the primary's clock goes on by itself, and is never behind", async () => {
  const begun = performance.now();
  const { primary, asked } = primaryThat(at(5));
  const first = (await primary.now(soon())) ?? Number.NaN;
  const second = (await primary.now(soon())) ?? Number.NaN;
  expect(first).toBeGreaterThanOrEqual(1_000);
  expect(second).toBeGreaterThan(first);
  expect(second - 1_000).toBeLessThanOrEqual(performance.now() - begun);
  expect(asked()).toBe(1);
});

test("a transaction that is known to have begun is not asked for again", async () => {
  const { primary, asked } = primaryThat(at(100), at(101));
  expect(await primary.haveBegun(["99"], soon())).toBe(true);
  expect(await primary.haveBegun(["98", "97"], soon())).toBe(true);
  expect(asked()).toBe(1);
  expect(await primary.haveBegun(["98", "100"], soon())).toBe(true);
  expect(asked()).toBe(2);
});

test("no transaction is called future by an answer that was under way before it", async () => {
  const slow = Promise.withResolvers<object>();
  const { primary } = primaryThat(() => slow.promise, at(101));
  const before = primary.now(soon());
  const begun = primary.haveBegun(["100"], soon());
  slow.resolve({ xmax: "100", at: 1_000 });
  await before;
  expect(await begun).toBe(true);
});

test("what the primary has not given out has not begun", async () => {
  const { primary } = primaryThat(at(100), at(100));
  expect(await primary.haveBegun(["100"], soon())).toBe(false);
});

test("a primary that is away, or does not answer in time, says nothing", async () => {
  const { primary } = primaryThat();
  expect([await primary.now(soon()), await primary.haveBegun(["1"], soon())]).toEqual([
    undefined,
    undefined,
  ]);
  const mute = primaryThat(() => new Promise(() => undefined)).primary;
  expect(await mute.haveBegun(["1"], performance.now())).toBeUndefined();
});
