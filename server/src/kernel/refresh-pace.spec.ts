import { expect, test } from "vitest";
import { paceOf } from "./refresh-pace.ts";

test.each([
  ["byKey", 100, 5, 5],
  ["byKey", 1_000, 10, 5],
  ["byKey", 5_000, 50, 5],
  ["byKey", 15_000, 100, 5],
  ["whole", 1_000, 1_000, 1_000],
  ["whole", 60_000, 30_000, 1_000],
] as const)(
  "%s, promised within %i ms, rests for %i ms, or %i",
  (maintain, promiseMs, ...rests) => {
    const { restMs, wantedRestMs } = paceOf(maintain, promiseMs);
    expect([restMs, wantedRestMs]).toEqual(rests);
  },
);
