import { expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";

test("the same seed gives the same numbers, another seed others", () => {
  const numbers = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random.int(0, 999_999));
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
});

test("whole numbers reach both of their bounds and do not pass them", () => {
  const random = seededRandom(1);
  const seen = new Set(Array.from({ length: 1_000 }, () => random.int(3, 6)));
  expect([...seen].sort()).toEqual([3, 4, 5, 6]);
});

test("each of the items is picked at times", () => {
  const random = seededRandom(1);
  const seen = new Set(Array.from({ length: 200 }, () => random.pick(["a", "b", "c"])));
  expect([...seen].sort()).toEqual(["a", "b", "c"]);
});

test("some of the items are different ones, and all of them where that many are wanted", () => {
  const random = seededRandom(1);
  const items = [1, 2, 3, 4, 5];
  const three = random.some(items, 3);
  expect([three.length, new Set(three).size]).toEqual([3, 3]);
  expect(random.some(items, 9).sort()).toEqual(items);
  expect(items).toEqual([1, 2, 3, 4, 5]);
});
