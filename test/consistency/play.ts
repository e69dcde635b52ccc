import { setTimeout } from "node:timers/promises";
import { type SeededRandom, seededRandom } from "../../server/src/sample-day/seeded-random.ts";
import { checkHistory } from "./check-history.ts";
import type { History, Violation } from "./history.ts";
import { rest } from "./rest.ts";
import { board, clerk, desk, type Session } from "./sessions.ts";
import type { Stage } from "./stage.ts";

/** What makes life hard on a stage while others play. */
export type Trouble = (stage: Stage, random: SeededRandom) => Session;

/** What is done once a burst; the burst lasts until it is done. */
export type Deed = (stage: Stage, random: SeededRandom) => Promise<void>;

/** How long and how hard to play. */
export interface Play {
  readonly seed: number;
  /** How often everybody writes and reads for a while and then rests. */
  readonly bursts: number;
  /** Committed writes a burst; on a slow machine it ends before, after so long. */
  readonly writes: number;
  readonly burstMsMax: number;
  /** How long it may take until nothing is pending once the writers have stopped. */
  readonly restMsMax: number;
  readonly troubles?: readonly Trouble[];
  readonly deeds?: readonly Deed[];
}

/** What came of it. */
export interface Played {
  readonly history: History;
  readonly violations: readonly Violation[];
}

const clerksCount = 5;
const boardsCount = 2;
const lookMs = 20;

/**
 * Plays on a stage until something is found to be broken or all bursts are over. The same seed
 * gives the same wishes to each session; how they interleave is left to the machine.
 */
export async function play(stage: Stage, options: Play): Promise<Played> {
  const { recorder, desks } = stage;
  const { seed, bursts, restMsMax, troubles = [] } = options;
  const named = (kind: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${kind} ${i + 1}`);
  let part = 0;
  const random = () => seededRandom(seed * 1_000 + part++);
  const sessions = await Promise.all([
    ...named("clerk", clerksCount).map((name) => clerk(stage, name, random())),
    ...named("board", boardsCount).map((name) => board(stage, name, random())),
    ...desks.map((one) => desk(stage, one, random())),
    ...troubles.map((trouble) => trouble(stage, random())),
  ]);
  let violations: Violation[] = [];
  for (let burst = 1; burst <= bursts && violations.length === 0; burst++) {
    await playBurst(stage, options, sessions, random);
    recorder.rest(await rest(stage, restMsMax, burst === bursts));
    violations = checkHistory(recorder.history());
  }
  return { history: recorder.history(), violations };
}

async function playBurst(
  stage: Stage,
  { writes, burstMsMax, deeds = [] }: Play,
  sessions: readonly Session[],
  random: () => SeededRandom,
): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  const playing = Promise.all(sessions.map((session) => session(() => over)));
  const doing = Promise.all(deeds.map((deed) => deed(stage, random())));
  // Whoever fails ends it for all; the failure itself is thrown below.
  playing.catch(end);
  doing.catch(end);
  const until = performance.now() + burstMsMax;
  const target = stage.recorder.committed + writes;
  while (!over && stage.recorder.committed < target && performance.now() < until) {
    await setTimeout(lookMs);
  }
  await doing.finally(end);
  await playing;
}
