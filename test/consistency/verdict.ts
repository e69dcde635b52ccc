import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Played } from "./play.ts";

/**
 * Expects that nothing was found, in a history in which there was something to find. How sessions
 * interleave is left to the machine, so the history itself is kept where it was broken.
 */
export async function expectKept({ history, violations }: Played, seed: number): Promise<void> {
  let where = "";
  if (violations.length > 0) {
    where = join(tmpdir(), `selvedge-history-${seed}.json`);
    await writeFile(where, JSON.stringify(history, undefined, 1));
  }
  expect(violations, `seed ${seed}; the whole history is in ${where}`).toEqual([]);

  const told = history.reads.flatMap(({ freshness }) => freshness ?? []);
  const worth = {
    behind: told.some(({ pending }) => pending > 0),
    caughtUp: told.some(({ pending }) => pending === 0),
    including: told.some(({ includesReceipt }) => includesReceipt === true),
    missing: told.some(({ includesReceipt }) => includesReceipt === false),
    computed: told.some(({ servedFrom }) => servedFrom !== "readModel"),
    takenBack: history.writes.some(({ outcome }) => outcome === "rolledBack"),
    // Begun before another one and committed after it.
    overtaken: history.writes.some((one) =>
      history.writes.some((other) => {
        const [oneAcked, otherAcked] = [one.ackedAt ?? 0, other.ackedAt ?? Infinity];
        return one.begunAt < other.begunAt && otherAcked < oneAcked;
      }),
    ),
  };
  const nothing = Object.entries(worth).filter(([, was]) => !was);
  expect(nothing, `seed ${seed} put nothing to the test`).toEqual([]);
}
