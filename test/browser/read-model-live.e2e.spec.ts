import type { Route } from "playwright-core";
import { expect, test } from "vitest";
import { setTabHidden } from "./admin-page.ts";
import { adminPageSuite } from "./admin-page-suite.ts";
import { allFresh, type ReadModelLag, type Scenario } from "./scenarios.ts";

/* A read model's page while its server tells the lag: what it asks then, and what it leaves. */

const soon = { timeout: 20_000 };
const name = "orderBoard";
const suite = adminPageSuite();

const answers = {
  diagnosis: { readModel: name, findings: [] },
  lagHistory: { readModel: name, points: [] },
  pendingKeys: { changes: 0, atLeast: false, keys: 0, pending: [], more: 0, oldestMs: null },
  heldKeys: { heldKeys: [] },
  refreshHistory: { entries: [] },
  verifications: { verifications: [] },
  generations: { generations: [] },
  behind: { readModel: name, things: [], cutOffs: [], isAtLeast: false },
  readModelCosts: { since: null, hours: 0, readModels: [] },
  describe: {
    ...{ readModel: name, doc: null, group: "orders", maintain: "byKey", days: 30, sql: "select" },
    ...{ key: [], columns: [], staleOn: [], rows: null, indexes: [], readers: [] },
    bytes: { rows: 0, indexes: 0, notes: 0 },
  },
};
type Section = keyof typeof answers;
const ofState: readonly Section[] = ["diagnosis", "pendingKeys", "heldKeys"];
const ofRecord: readonly Section[] = ["lagHistory", "refreshHistory"];
const following: readonly Section[] = [...ofState, ...ofRecord, "verifications", "generations"];
/** Asked each second: of a lock or a forgotten transaction no report tells. */
const always: readonly Section[] = ["diagnosis"];
const resting = following.filter((section) => !always.includes(section));
const restingOfState = ofState.filter((section) => resting.includes(section));

/** What the server tells so many seconds after it has begun to: one read model, and how it is. */
function telling(second: number, over: Partial<ReadModelLag> = {}): Scenario {
  if (allFresh.kind !== "report") throw new Error("This is no report.");
  const begun = Date.parse("2026-01-05T10:00:00Z");
  const report = allFresh.report(begun + second * 1_000);
  const still = {
    asOf: new Date(begun - 60_000).toISOString(),
    lastRefresh: { at: new Date(begun - 60_000).toISOString(), tookMs: 3, keys: 1 },
    promiseMs: promiseMs(second),
  };
  const readModels = report.readModels.map((one) => ({ ...one, ...still, ...over }));
  return { kind: "report", report: () => ({ ...report, readModels }) };
}

/** Nothing asks again for the promise, so by it the page says which report it shows. */
const promiseMs = (told: number) => 10_000 + told * 1_000;

/** The page, before a clock that stands until the test lets it go. */
async function openTold(others: Partial<Record<Section, object>> = {}) {
  suite.server.tellLive(true);
  const { page } = await suite.open(telling(0));
  const counts = Object.fromEntries(Object.keys(answers).map((section) => [section, 0]));
  let held: Route[] | undefined;
  const answer = async (route: Route) => {
    const data = { ...answers, ...others }[sectionOf(route)];
    await route.fulfill({ json: { result: { data } } });
  };
  await page.route(/trpc\/operations\.(?!lag$|access)/, async (route) => {
    counts[sectionOf(route)] = (counts[sectionOf(route)] ?? 0) + 1;
    if (held) held.push(route);
    else await answer(route);
  });
  await page.clock.install();
  await page.goto(`${page.url()}#/read-models/${name}`);
  await page.reload();
  await page.getByText("No key is set aside.").waitFor();
  await expect.poll(() => page.getByText("Asking the server…").count(), soon).toBe(0);
  await expect.poll(() => suite.server.listeners, soon).toBe(1);
  // A little ahead, as the past cannot be stopped at; a longer leap would count as silence.
  await page.clock.pauseAt(Date.now() + 2_000);

  let second = 0;
  /** Has the server tell this, and the page show it; then lets so much time pass. */
  const tell = async (over: Partial<ReadModelLag> = {}, passMs = 1_000) => {
    second += 1;
    suite.server.show(telling(second, over));
    const told = page.getByRole("region", { name: "Read model" });
    await told.getByText(`${promiseMs(second) / 1_000} s`, { exact: true }).waitFor();
    await page.clock.runFor(passMs);
  };
  const askedIn = async (work: () => Promise<unknown>) => {
    const before = { ...counts };
    await work();
    const asked = Object.entries(counts).map(([one, count]) => [one, count - (before[one] ?? 0)]);
    return Object.fromEntries(asked) as Record<Section, number>;
  };
  const holdBack = () => {
    const now: Route[] = [];
    held = now;
    return async () => {
      held = undefined;
      for (const route of now) await answer(route);
    };
  };
  for (let n = 0; n < 3; n += 1) await tell();
  return { page, counts, tell, askedIn, holdBack };
}

function sectionOf(route: Route): Section {
  return new URL(route.request().url()).pathname.split(".").at(-1) as Section;
}

test("while nothing changes all but one section ask four times a minute", {
  timeout: 60_000,
}, async () => {
  const { tell, askedIn } = await openTold();
  const asked = await askedIn(async () => {
    for (let second = 0; second < 60; second += 1) await tell();
  });
  for (const section of resting) {
    expect(asked[section], section).toBeGreaterThanOrEqual(3);
    expect(asked[section], section).toBeLessThanOrEqual(5);
  }
  for (const section of always) expect(asked[section], section).toBeGreaterThanOrEqual(50);
});

test.each([
  ["something that waits", { pending: 7 }],
  ["a pause", { status: "paused", paused: "why" }],
  ["an error", { status: "failing", lastError: "boom" }],
  ["a copy that is built", { building: { state: "building", rows: 3 } }],
  ["a refresh", { asOf: "2026-01-05T10:00:02.000Z" }],
] as [string, Partial<ReadModelLag>][])("%s is asked about at once", async (_what, change) => {
  const { tell, askedIn, counts } = await openTold();
  const none = await askedIn(() => tell({}, 100));
  for (const section of resting) expect(none[section], section).toBe(0);
  await tell();
  const before = { ...counts };
  await tell(change, 100);
  const asked = () =>
    restingOfState.map((section) => (counts[section] ?? 0) - (before[section] ?? 0));
  await expect.poll(asked, soon).toEqual([1, 1]);
});

test("of what is on record it asks as more of it comes, while something goes on", async () => {
  const { tell, counts } = await openTold();
  const start = { ...counts };
  const asked = () => ofRecord.map((section) => (counts[section] ?? 0) - (start[section] ?? 0));
  await tell({ pending: 7 });
  await expect.poll(asked, soon).toEqual([1, 1]);
  // Four samples come in twenty seconds.
  for (let second = 0; second < 20; second += 1) await tell({ pending: 7 });
  await expect.poll(asked, soon).toEqual([5, 5]);
});

test("however much changes, a section asks once a second, and not before it is answered", async () => {
  const { page, tell, askedIn, holdBack, counts } = await openTold();
  await tell();
  let pending = 0;
  const asked = await askedIn(async () => {
    for (let tenth = 0; tenth < 10; tenth += 1) await tell({ pending: ++pending }, 100);
  });
  for (const section of restingOfState) {
    expect(asked[section], section).toBeGreaterThanOrEqual(1);
    expect(asked[section], section).toBeLessThanOrEqual(2);
  }

  const answer = holdBack();
  const unanswered = await askedIn(async () => {
    for (let second = 0; second < 5; second += 1) await tell({ pending: ++pending });
  });
  for (const section of ofState) expect(unanswered[section], section).toBe(1);
  // What has come meanwhile is asked about as soon as that is answered.
  await answer();
  const before = { ...counts };
  const isAsked = async () => {
    await page.clock.runFor(100);
    return ofState.filter((section) => counts[section] === before[section]);
  };
  await expect.poll(isAsked, soon).toEqual([]);
});

test("a verification is in no report, so while one is under way it is asked for", async () => {
  const nothingYet = { rowsChecked: null, missing: null, extra: null, different: null };
  const one = { id: 1, askedBy: "olga", askedAt: "2026-01-05T10:00:00.000Z", finishedAt: null };
  const verifications = [{ ...one, ...nothingYet, keys: [], error: null, repairedAt: null }];
  const { page, tell, counts } = await openTold({ verifications: { verifications } });
  await page.getByRole("table", { name: "Verifications" }).getByText("under way").first().waitFor();
  const before = { ...counts };
  const asked = () => (counts.verifications ?? 0) - (before.verifications ?? 0);
  for (let second = 0; second < 10; second += 1) await tell();
  await expect.poll(asked, soon).toBeGreaterThanOrEqual(5);
  expect(asked()).toBeLessThanOrEqual(11);
});

test("of what nobody counts to the end it says that there may be more", async () => {
  const key = { tenant: "default", order_id: "7" };
  const pending = [{ key, changes: 2, waitingMs: 61_000, held: false }];
  const told = { changes: 100_000, atLeast: true, keys: 9_000, pending, more: 8_999 };
  const { page, tell } = await openTold({ pendingKeys: { ...told, oldestMs: 61_000 } });
  await tell({ pending: 100_000, pendingIsAtLeast: true });
  const facts = page.getByRole("region", { name: "Read model" });
  await facts.getByText("100,000 or more", { exact: true }).waitFor();
  const waiting = page.getByRole("region", { name: "Waiting to be shown" });
  await waiting
    .getByText("100,000 or more changes of 9,000 or more keys, the oldest 61 s old.")
    .waitFor();
  await waiting.getByText("and 8,999 more keys, and those of changes that nobody").waitFor();
});

test("a hidden page asks nothing, whatever has changed before", async () => {
  const { page, tell, askedIn } = await openTold();
  await tell({ pending: 1 }, 0);
  await setTabHidden(page, true);
  await expect.poll(() => suite.server.listeners, soon).toBe(0);
  const asked = await askedIn(() => page.clock.runFor(60_000));
  for (const section of following) expect(asked[section], section).toBe(0);
  const again = await askedIn(async () => {
    await setTabHidden(page, false);
    await expect.poll(() => suite.server.listeners, soon).toBe(1);
    await tell({ pending: 2 });
  });
  for (const section of following) expect(again[section], section).toBeGreaterThanOrEqual(1);
});
