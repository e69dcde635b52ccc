import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { playStory } from "./base-world.ts";
import { rules, wishes } from "./commands.ts";
import { commandMetas, type Desk, openDesk } from "./desk.ts";
import { Play } from "./play.ts";
import { refreshAll, wrongReads } from "./reads.ts";
import { runs, timeout } from "./runs.ts";
import { type Step, stepOf } from "./steps.ts";
import { mirror } from "./worlds.ts";

/*
 * A house of which a small model is kept beside the tables: whatever is asked of it, legal or not,
 * it does what the model does, and the laws of the house hold. To play a failure again, give its
 * seed: SELVEDGE_SEED=123456. To play more: SELVEDGE_RUNS=20.
 */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await playStory(desk, "base");
});
afterAll(() => desk.stop());

test("the model knows every command, and what may be asked of each", () => {
  const paths = [...commandMetas.keys()].sort();
  expect(Object.keys(rules).sort()).toEqual(paths);
  expect(Object.keys(wishes).sort()).toEqual(paths);
});

test("the house does what the model does, and every read model follows", { timeout }, async () => {
  const steps = fc.array(stepOf(), { minLength: 20, maxLength: 40 });
  await fc.assert(fc.asyncProperty(steps, playSteps), runs(4));
});

const stepsBetweenChecks = 8;

async function playSteps(steps: readonly Step[]): Promise<void> {
  const { database } = desk;
  const tenant = randomUUID();
  await mirror(database, "base", tenant, { isRead: true });
  const play = await Play.begin(desk, tenant);
  for (const [i, step] of steps.entries()) {
    await play.step(step);
    if (i % stepsBetweenChecks === 0) await play.checkLaws();
    if (i === stepsBetweenChecks) await refreshAll(database);
  }
  await play.checkLaws();
  await refreshAll(database);
  expect(await wrongReads(database)).toEqual([]);
}
