import { expect, test } from "vitest";
import { freshnessOf, type Reading } from "./freshness.ts";

const now = 1_000_000;

const reading = (more: Partial<Reading> = {}): Reading => ({
  as_of: now - 40_000,
  pending: 0,
  oldest: null,
  oldest_of: null,
  heard_at: now - 300,
  // A replica's own clock is of no account.
  now: more.following ? now - 3_600_000 : now,
  live: false,
  following: false,
  seen_until: more.following ? now - 200 : null,
  included: null,
  future: null,
  ended: null,
  ...more,
});

const replica = { following: true };
const unheard = { heard_at: now - 10_001 };

test.each([
  ["nothing waits", {}, 0],
  ["the oldest change waits", { pending: 2, oldest: now - 700 }, 700],
  ["a change waits and no refresher is heard", { ...unheard, oldest: now - 700 }, 700],
  ["no refresher is heard", unheard, null],
  ["no refresher was ever heard", { heard_at: null }, null],
  ["nothing was refreshed yet", { as_of: null }, null],
  ["rows are computed while there are none", { live: true, ...unheard }, 0],
  ["a replica was level just now", replica, 200],
  ["a replica was level before a change", { ...replica, oldest: now - 100 }, 200],
  ["a replica knows of an older change", { ...replica, oldest: now - 700 }, 700],
  ["a replica is behind a change", { ...replica, seen_until: now - 900, oldest: now - 700 }, 900],
  ["a replica heard no refresher", { ...replica, ...unheard }, null],
  ["a replica never knew anything", { ...replica, seen_until: null, heard_at: null }, null],
  ["rows are computed on a replica", { ...replica, live: true, seen_until: now - 900 }, 900],
] satisfies [string, Partial<Reading>, number | null][])("the lag where %s", (_, more, lagMs) => {
  expect(freshnessOf(reading(more), [], now).lagMs).toBe(lagMs);
});

test("the lag on a replica is unknown where the primary's clock is", () => {
  expect(freshnessOf(reading(replica), [], undefined).lagMs).toBeNull();
});

test.each([
  ["the read model, patched", { live: true }, "patched", "patched"],
  ["the read model", {}, "readModel", "readModel"],
  ["the defining query while there are no rows", { live: true }, "readModel", "live"],
] as const)("rows are said to come from %s", (_, more, asked, told) => {
  expect(freshnessOf(reading(more), [], now, asked).servedFrom).toBe(told);
});

test.each([
  ["is kept to the ms", { oldest: now - 700 }, [700], true],
  ["is broken by a ms", { oldest: now - 701 }, [700], false],
  ["is kept while nothing waits", {}, [100], true],
  ["is unknown while no refresher is heard", unheard, [700], null],
  ["is broken all the same where a change waits for none", { ...unheard, oldest: 0 }, [700], false],
  [
    "is unknown of the one read model of which no refresher was heard",
    { ...unheard, oldest: now - 600, oldest_of: [null, now - 600] },
    [1_000, 1_000],
    null,
  ],
  ["is unknown before the first refresh", { as_of: null }, [700], null],
  ["is kept by what is computed", { live: true, oldest: 0 }, [700], true],
  ["is broken by a replica that is behind", { ...replica, seen_until: now - 900 }, [700], false],
  [
    "is kept by each of several read models",
    { oldest: now - 5_000, oldest_of: [now - 600, now - 5_000, null] },
    [1_000, 60_000, 100],
    true,
  ],
  [
    "is broken by one of several read models",
    { oldest: now - 5_000, oldest_of: [now - 1_600, now - 5_000] },
    [1_000, 60_000],
    false,
  ],
  [
    "is not what is computed beside it gives",
    { oldest: now - 600, oldest_of: [null, now - 600] },
    [Number.POSITIVE_INFINITY, 500],
    false,
  ],
] satisfies [string, Partial<Reading>, number[], boolean | null][])(
  "a promise %s",
  (_, more, promisesMs, kept) => {
    expect(freshnessOf(reading(more), promisesMs, now).withinPromise).toBe(kept);
  },
);
