import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { playStory } from "./base-world.ts";
import { type Desk, openDesk } from "./desk.ts";
import { mutants } from "./mutants.ts";
import { Play } from "./play.ts";
import { runs, timeout } from "./runs.ts";
import { stepOf } from "./steps.ts";
import { mirror } from "./worlds.ts";

/*
 * The model and the laws are worth what they find: each house that is wrong in one place has to be
 * found out. The house as it is passes such plays in the file beside this one.
 */

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await playStory(desk, "base");
});
afterAll(() => desk.stop());

const sequencesMax = 40;

test.each(mutants)("it is found out where $doc", { timeout }, async ({ shownBy, finds, plant }) => {
  const steps = fc.array(stepOf(shownBy), { minLength: 15, maxLength: 25 });
  const law = fc.asyncProperty(steps, async (all) => {
    const tenant = randomUUID();
    await mirror(desk.database, "base", tenant);
    const play = await Play.begin(desk, tenant);
    for (const step of all) await play.step(step);
    await play.checkLaws();
  });
  const remove = plant();
  try {
    const options = { ...runs(1), numRuns: sequencesMax, endOnFailure: true };
    const found = await fc.check(law, options);
    expect(String(found.errorInstance), `nothing found from seed ${found.seed} on`).toMatch(finds);
  } finally {
    remove();
  }
});

test("it is found out where a command that is sent again is applied again", async () => {
  const forgetful: Desk = {
    ...desk,
    send: (ask, asking) => desk.send(ask, { ...asking, commandId: randomUUID() }),
  };
  const play = await Play.begin(forgetful, "base");
  const step = { command: "bins.startCount", seed: 1, wild: false, again: true };
  await expect(play.step(step)).rejects.toThrow("it was sent again");
});
