import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kernelRefusals } from "../../server/src/kernel/kernel-refusals.ts";
import { UnitOfWork } from "../../server/src/kernel/unit-of-work.ts";
import { playStory } from "./base-world.ts";
import { type Ask, type Asking, commandMetas, type Desk, openDesk } from "./desk.ts";
import { lawsBrokenIn, wishFor } from "./play.ts";
import { readBooks } from "./read-state.ts";
import { refreshAll, wrongReads } from "./reads.ts";
import { runs, timeout } from "./runs.ts";
import { type Step, stepOf } from "./steps.ts";
import { mirror } from "./worlds.ts";

/*
 * Several people at once in one house: who meets whom is left to the machine, and so no model can
 * tell what comes of it. The laws of the house have to hold all the same.
 */

const peopleCount = 6;
const ofAnyCommand = [...Object.keys(kernelRefusals.reasons), "CONFLICT"];

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await playStory(desk, "base");
});
afterAll(() => desk.stop());

const everybody = (often: readonly string[] = []) => {
  const steps = fc.array(stepOf(often), { minLength: 15, maxLength: 25 });
  return fc.array(steps, { minLength: peopleCount, maxLength: peopleCount });
};

type Sent = (ask: Ask, asking: Asking) => Promise<unknown>;

/** Lets all of them go about it at once; answers which laws are broken then. */
async function playTogether(people: readonly (readonly Step[])[], send: Sent): Promise<string[]> {
  const tenant = randomUUID();
  await mirror(desk.database, "base", tenant, { isRead: true });
  await Promise.all(people.map((steps) => playOne(tenant, steps, send)));
  return lawsBrokenIn(desk, tenant);
}

/** Asks for one thing after the other, by what the house looks like when it is asked for. */
async function playOne(tenant: string, steps: readonly Step[], send: Sent): Promise<void> {
  for (const step of steps) {
    const { state } = await readBooks(desk.database, tenant);
    const { by, ...ask } = wishFor(state, step);
    await send(ask, { tenant, actor: by });
  }
}

/** Sends a command that may be refused, but for reasons that it names alone. */
const sendKnown: Sent = async (ask, asking) => {
  const outcome = await desk.send(ask, asking);
  if (outcome.ok) return;
  const known = [...(commandMetas.get(ask.path)?.refuses ?? []), ...ofAnyCommand];
  expect(known, `${ask.path} ${JSON.stringify(ask.input)}`).toContain(outcome.reason);
};

// A smaller case would meet others in another way.
const endOnFailure = true;

test("the laws hold whoever does what at the same time", { timeout }, async () => {
  const law = fc.asyncProperty(everybody(), async (people) => {
    expect(await playTogether(people, sendKnown)).toEqual([]);
    await refreshAll(desk.database);
    expect(await wrongReads(desk.database)).toEqual([]);
  });
  await fc.assert(law, { ...runs(1), endOnFailure });
});

test("they are found broken where no row is held", { timeout }, async () => {
  const bins = ["garments.putAway", "garments.movePiece", "stock.addBatch", "stock.putAwayLot"];
  // Much else goes wrong then; what counts is what it leaves behind.
  const sendAny: Sent = (ask, asking) => desk.send(ask, asking).catch(() => undefined);
  const law = fc.asyncProperty(everybody(bins), async (people) => {
    const broken = await playTogether(people, sendAny);
    if (broken.length > 0) throw new Error(broken.join("\n"));
  });
  const { find } = UnitOfWork.prototype;
  UnitOfWork.prototype.find = function (entity, where, { lock, skipLocked, ...options } = {}) {
    return find.call(this, entity, where, options) as never;
  };
  try {
    const found = await fc.check(law, { ...runs(1), numRuns: 20, endOnFailure });
    const words = String(found.errorInstance);
    expect(words, `from seed ${found.seed} on`).toMatch(/a bin holds what lies in it/);
  } finally {
    UnitOfWork.prototype.find = find;
  }
});
