import { expect, test } from "vitest";
import type { Violation } from "./history.ts";
import { type Mutant, mutants } from "./mutants.ts";
import { plant } from "./plant.ts";
import { play } from "./play.ts";
import { firstSeed } from "./seeds.ts";
import { onStage } from "./stage.ts";
import { swap } from "./troubles.ts";

const seedsMax = 5;

/*
 * The checker is worth what it finds: each wrong engine has to be found out within a few seeds, by
 * a promise that it breaks. The engine as it is passes such plays in the file beside this one.
 */
test.each(mutants)("it is found out where $doc", { timeout: 120_000 }, async (mutant) => {
  let violations: readonly Violation[] = [];
  for (let i = 0; i < seedsMax && violations.length === 0; i++) {
    violations = await playMutant(mutant, firstSeed + i);
  }
  const broken = new Set(violations.map(({ rule }) => rule));
  expect(broken.size, `nothing found with ${seedsMax} seeds from ${firstSeed}`).toBeGreaterThan(0);
  expect(mutant.breaks).toEqual(expect.arrayContaining([...broken]));
});

async function playMutant(mutant: Mutant, seed: number): Promise<readonly Violation[]> {
  const planted = plant(mutant);
  try {
    const { violations } = await onStage({ prepare: planted.prepare }, (stage) =>
      play(stage, {
        ...{ seed, bursts: 10, writes: 40, burstMsMax: 2_000, restMsMax: 3_000 },
        deeds: mutant.atSwap ? [swap] : [],
      }),
    );
    expect(planted.unused()).toEqual([]);
    return violations;
  } finally {
    planted.remove();
  }
}
