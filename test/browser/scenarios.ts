import type { Selvedge } from "@selvedge/sdk";

type LagReport = Awaited<ReturnType<Selvedge["operations"]["lag"]>>;
/** One read model, as a report has it. */
export type ReadModelLag = LagReport["readModels"][number];

/** A way of the fake server to answer: with a report, with an error, or not at all. */
export type Scenario =
  | { readonly kind: "report"; readonly report: (now: number) => LagReport }
  | { readonly kind: "error"; readonly httpStatus: number; readonly data: object }
  | { readonly kind: "silence" }
  | { readonly kind: "cut" };

const iso = (ms: number) => new Date(ms).toISOString();

/** Samples each five seconds whose newest is two seconds old, from old to new. */
function sparkOf(now: number, lagOf: (index: number) => number | null): ReadModelLag["spark"] {
  const newest = Math.floor(now / 5_000) * 5_000 - 2_000;
  return Array.from({ length: 60 }, (_, index) => ({
    at: iso(newest - (59 - index) * 5_000),
    lagMs: lagOf(index),
  }));
}

function freshOne(now: number, name: string, over: Partial<ReadModelLag> = {}): ReadModelLag {
  const seed = name.length;
  return {
    name,
    group: "stock",
    maintain: "byKey",
    status: "fresh",
    lagMs: 0,
    trend: "steady",
    ...{ pending: 0, pendingIsAtLeast: false },
    promiseMs: 1_000,
    asOf: iso(now - 120),
    rows: 82_411,
    lastRefresh: { at: iso(now - 2_400), tookMs: 12, keys: 3 },
    lastError: null,
    held: 0,
    building: null,
    paused: null,
    p95LagMs: 38,
    spark: sparkOf(
      now,
      (index) => 60 + 50 * Math.sin(index / 3 + seed) + ((index * seed) % 17) * 9,
    ),
    ...over,
  };
}

const reportOf = (
  now: number,
  sentence: string,
  readModels: ReadModelLag[],
  refresherHeardAt: string | null = iso(now - 300),
): LagReport => ({ at: iso(now), sentence, refresherHeardAt, readModels });

const report = (make: (now: number) => LagReport): Scenario => ({ kind: "report", report: make });

function healthy(now: number): ReadModelLag[] {
  return [
    freshOne(now, "sellableAvailability"),
    freshOne(now, "allocations", { rows: 1_204_310, promiseMs: 2_000 }),
    freshOne(now, "orderBoard", { group: "orders", rows: 41_207, promiseMs: 2_000 }),
    freshOne(now, "throughput", {
      group: "floor",
      maintain: "whole",
      promiseMs: 60_000,
      rows: 1_460,
      p95LagMs: 21_400,
      lastRefresh: { at: iso(now - 31_000), tookMs: 2_140, keys: 0 },
      spark: sparkOf(now, (index) => (index % 6) * 4_100),
    }),
  ];
}

let answers = 0;

/** Everything is fresh; the number in the sentence moves with each answer. */
export const allFresh = report((now) =>
  reportOf(now, `All 4 read models fresh, oldest data 0.${answers++ % 10} s`, healthy(now)),
);

/** One read model is refreshing and one is behind and growing. */
export const behind = report((now) => {
  const [availability, allocations, , throughput] = healthy(now) as Required<ReadModelLag[]>;
  return reportOf(now, "orderBoard is 48 s behind and growing: 37 orders wait", [
    { ...availability, status: "refreshing", lagMs: 430, pending: 12 } as ReadModelLag,
    allocations as ReadModelLag,
    freshOne(now, "orderBoard", {
      group: "orders",
      status: "behind",
      lagMs: 48_000,
      trend: "growing",
      pending: 1_234,
      promiseMs: 2_000,
      lastRefresh: { at: iso(now - 12 * 60_000), tookMs: 840, keys: 1_000 },
      p95LagMs: 44_000,
      spark: sparkOf(now, (index) => Math.max(80, (index - 40) * 2_500)),
    }),
    throughput as ReadModelLag,
  ]);
});

const LONG_ERROR = `canceling statement due to statement timeout
CONTEXT: SQL statement "merge into selvedge_read.order_board"
PL/pgSQL function selvedge.refresh_order_board(bigint) line 14 at SQL statement`;

/** One read model fails with a long error, one with a short one. */
export const failing = report((now) => {
  const [availability, , , throughput] = healthy(now);
  return reportOf(now, "orderBoard is 95 s behind; last refresh failed: statement timeout", [
    availability as ReadModelLag,
    freshOne(now, "allocations", {
      status: "stalled",
      lagMs: 61_000,
      pending: 7,
      lastError: "deadlock detected",
      spark: sparkOf(now, (index) => (index < 48 ? 90 : (index - 47) * 5_000)),
    }),
    freshOne(now, "orderBoard", {
      group: "orders",
      status: "failing",
      lagMs: 95_000,
      ...{ pending: 100_000, pendingIsAtLeast: true },
      lastError: LONG_ERROR,
      spark: sparkOf(now, (index) => (index < 41 ? 90 : (index - 40) * 5_000)),
    }),
    throughput as ReadModelLag,
  ]);
});

/** No refresher is heard, so nobody knows anything; one read model was never refreshed. */
export const unknown = report((now) =>
  reportOf(
    now,
    "Lag unknown since 12:03: no refresher heard",
    healthy(now).map((readModel, place) => ({
      ...readModel,
      status: "unknown",
      lagMs: null,
      pending: 3 + place * 40,
      p95LagMs: place === 1 ? null : readModel.p95LagMs,
      rows: place === 1 ? null : readModel.rows,
      lastRefresh: place === 1 ? null : readModel.lastRefresh,
      spark:
        place === 1
          ? []
          : readModel.spark.map(({ at, lagMs }, index) => ({
              at,
              lagMs: index > 47 || (index > 20 && index < 26) ? null : lagMs,
            })),
    })),
    iso(now - 5 * 60_000),
  ),
);

/** A house with five hundred read models, one in fifty of which is late. */
export const many = report((now) =>
  reportOf(
    now,
    "readModel49 is 49 s behind; 9 more behind.",
    Array.from({ length: 500 }, (_, n) => {
      const isLate = n % 50 === 49;
      return freshOne(now, `readModel${n}`, {
        group: `group_${n % 20}`,
        ...(isLate && { status: "behind", lagMs: n * 1_000, pending: n }),
        lastError: n % 100 === 99 ? LONG_ERROR : null,
      });
    }),
  ),
);

/** The server has not one read model yet. */
export const empty = report((now) => reportOf(now, "No read models yet", [], null));

const ATTACK = `<img src=x onerror="document.title='owned'">`;

/** Names and errors that would be markup if the page let them. */
export const hostile = report((now) =>
  reportOf(now, `${ATTACK} is 3 s behind`, [
    freshOne(now, `${ATTACK}${"x".repeat(300)}`, {
      group: `</td><script>document.title="owned"</script>`,
      status: "failing",
      lagMs: 3_000,
      pending: Number.MAX_SAFE_INTEGER,
      lastError: `${ATTACK}\n\u202Egnirts detrever\u202C\n${"y".repeat(5_000)}`,
    }),
    freshOne(now, "constructor", { status: "verifying" as ReadModelLag["status"] }),
  ]),
);

const error = (httpStatus: number, code: string, message: string): Scenario => ({
  kind: "error",
  httpStatus,
  data: { message, code, httpStatus, requestId: "req-0042", retryable: httpStatus === 503 },
});

/** The server does not know the caller. */
export const unauthenticated = error(401, "UNAUTHENTICATED", "No identity came with this call");
/** The server knows the caller, who lacks the scope. */
export const forbidden = error(403, "FORBIDDEN", "This needs the scope admin.");
/** The server answers, its database does not. */
export const unavailable = error(503, "UNAVAILABLE", "The database does not answer");
/** The connection is cut in the middle of the call. */
export const cut: Scenario = { kind: "cut" };
/** The call is taken and never answered. */
export const silence: Scenario = { kind: "silence" };
