import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

/** A few turns of the event loop, so that tasks overlap. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}

test("no more tasks run at once than there are places, and they begin as they came", async () => {
  const slots = new Slots(3);
  const begun: number[] = [];
  let running = 0;
  let runningMax = 0;
  const all = Array.from({ length: 20 }, (_none, at) =>
    slots.run(async () => {
      begun.push(at);
      running += 1;
      runningMax = Math.max(runningMax, running);
      await turns(1 + (at % 4));
      running -= 1;
      return at;
    }),
  );
  expect(await Promise.all(all)).toEqual(begun);
  expect(begun).toEqual([...Array(20).keys()]);
  expect(runningMax).toBe(3);
});

test("a task that fails gives its place on", async () => {
  const slots = new Slots(1);
  const failed = slots.run(async () => {
    throw new Error("broken");
  });
  const next = slots.run(async () => "done");
  await expect(failed).rejects.toThrow("broken");
  expect(await next).toBe("done");
  expect(await slots.run(async () => "later")).toBe("later");
});
