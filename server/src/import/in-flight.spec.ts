import { expect, test } from "vitest";
import { forEachInFlight } from "./in-flight.ts";

const numbers = Array.from({ length: 50 }, (_none, at) => at);

/** A few turns of the event loop, so that tasks overlap. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

test("every item is done once, and no more at once than allowed", async () => {
  const done: number[] = [];
  let running = 0;
  let runningMax = 0;
  await forEachInFlight(numbers, { concurrency: 4 }, async (number) => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    await turns(1 + (number % 5));
    running -= 1;
    done.push(number);
  });
  expect(done.sort((one, other) => one - other)).toEqual(numbers);
  expect(runningMax).toBe(4);
});

test("after a failure nothing is started, and what runs is waited for", async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const all = forEachInFlight(numbers, { concurrency: 3 }, async (number) => {
    started.push(number);
    if (number === 5) throw new Error("five");
    await turns(3);
    ended.push(number);
  });
  await expect(all).rejects.toThrow("five");
  expect(started.length).toBeLessThan(10);
  expect(ended).toEqual(started.filter((number) => number !== 5));
});

test("a source that breaks off fails after what was started has ended", async () => {
  const ended: number[] = [];
  async function* breaking() {
    yield 1;
    yield 2;
    throw new Error("cut short");
  }
  const all = forEachInFlight(breaking(), { concurrency: 8 }, async (number) => {
    await turns(5);
    ended.push(number);
  });
  await expect(all).rejects.toThrow("cut short");
  expect(ended).toEqual([1, 2]);
});

test("when it is stopped, it ends what runs and starts nothing more", async () => {
  const stopping = new AbortController();
  const ended: number[] = [];
  await forEachInFlight(numbers, { concurrency: 2, signal: stopping.signal }, async (number) => {
    if (number === 6) stopping.abort();
    await turns(2);
    ended.push(number);
  });
  expect(ended.includes(6)).toBe(true);
  expect(ended.length).toBeLessThan(10);
});
