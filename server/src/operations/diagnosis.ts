import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { refresherSilentMs } from "../kernel/freshness.ts";
import { operation } from "../kernel/procedure.ts";
import { lockOf, lockSpace } from "../kernel/refresh-loop.ts";
import { identifier } from "../kernel/schemas.ts";
import { generationOf } from "./lag.ts";
import { readModelName } from "./names.ts";
import { inWords } from "./sentence.ts";

const slowMs = 1_000;
const longTransactionMs = 30_000;

/** What can keep a read model behind, the most fundamental first. */
export const cause = z.enum([
  "refresher-silent",
  "paused",
  "failing",
  "held",
  "locked",
  "slow",
  "building",
  "long-transaction",
]);

/** Why a read model is late, the most fundamental first; empty where nothing stands in its way. */
export const diagnosisAnswer = z.strictObject({
  readModel: z.string(),
  at: z.string(),
  findings: z
    .array(
      z.strictObject({
        cause,
        /** What is so, in words. */
        sentence: z.string(),
        /** What to do about it. */
        advice: z.string(),
        /** How long it has been so, in ms; null if nobody knows. */
        forMs: z.number().nullable(),
        detail: z.string().nullable(),
      }),
    )
    .max(20),
});

/** Why a read model is late. */
export type Diagnosis = z.infer<typeof diagnosisAnswer>;
type Finding = Diagnosis["findings"][number];

interface Facts {
  readonly at: string;
  readonly silent_ms: number | null;
  readonly paused_ms: number | null;
  readonly paused_by: string | null;
  readonly paused_reason: string | null;
  readonly failing_ms: number | null;
  readonly last_error: string | null;
  readonly held: number;
  readonly held_ms: number | null;
  readonly held_error: string | null;
  readonly building_rows: number | null;
  readonly building_ms: number | null;
  readonly working_ms: number | null;
  readonly working: string | null;
  readonly locked: boolean | null;
  readonly blocker: string | null;
  readonly longest_ms: number | null;
  readonly longest: string | null;
}

/** Operations ask why a read model is late. */
export const diagnosis = operation
  .meta({
    scope: "operations:read",
    doc:
      "What keeps a read model behind, the most fundamental first: no refresher, a pause, an error, " +
      "keys set aside, a lock, a slow refresh, a build, a transaction that somebody left open.",
  })
  .input(z.strictObject({ readModel: readModelName() }))
  .output(diagnosisAnswer)
  .query(async ({ ctx, input: { readModel } }) => {
    const generation = await generationOf(ctx.engine, readModel);
    const { rows: found } = await ctx.engine.operationsPool.query<Facts>(
      factsSql(ctx.engine, generation.group),
      [generation.id],
    );
    const [facts] = found;
    if (!facts) throw new Fault("NOT_FOUND", `There is no read model ${readModel}.`);
    return { readModel, at: facts.at, findings: findingsOf(facts) };
  });

/** What the facts say, in the order in which one would look. */
export function findingsOf(facts: Facts): Finding[] {
  const silent = facts.silent_ms === null || facts.silent_ms > refresherSilentMs;
  const building = facts.building_rows;
  const findings: (Finding | false)[] = [
    silent && {
      cause: "refresher-silent",
      sentence: "No refresher is heard: no process with the role refresh runs, or it hangs.",
      advice: "Start one (`selvedge serve --roles refresh`), or restart the one that hangs.",
      ...told(facts.silent_ms),
    },
    facts.paused_ms !== null && {
      cause: "paused",
      sentence: `${facts.paused_by ?? "Somebody"} has paused its group.`,
      advice: "Resume it when the reason is gone. Changes wait and none is lost.",
      ...told(facts.paused_ms, facts.paused_reason),
    },
    facts.failing_ms !== null && {
      cause: "failing",
      sentence: "The last refresh ended with an error.",
      advice: "It is tried again by itself, at growing distances. Read the error.",
      ...told(facts.failing_ms, facts.last_error),
    },
    facts.held > 0 && {
      cause: "held",
      sentence: `${facts.held === 1 ? "One key is" : `${facts.held} keys are`} set aside.`,
      advice: "Their rows cannot be computed; the others go on. Mend the data, then refresh now.",
      ...told(facts.held_ms, facts.held_error),
    },
    facts.locked === true && {
      cause: "locked",
      sentence: "Its refresh waits for a lock that another connection holds.",
      advice: "End what holds it, or wait until it is done.",
      ...told(facts.working_ms, facts.blocker),
    },
    facts.locked === false &&
      (facts.working_ms ?? 0) > slowMs && {
        cause: "slow",
        sentence: `Its refresh has been at work for ${inWords(facts.working_ms ?? 0)}.`,
        advice:
          "Look at its plan (`selvedge projections costs`); many keys at once take long, too.",
        ...told(facts.working_ms, facts.working),
      },
    building !== null && {
      cause: "building",
      sentence: `A new generation is being built beside it: ${building} rows so far.`,
      advice: "It goes on being served, and is replaced when the new one is whole.",
      ...told(facts.building_ms),
    },
    (facts.longest_ms ?? 0) > longTransactionMs && {
      cause: "long-transaction",
      sentence: `A transaction has been open for ${inWords(facts.longest_ms ?? 0)}.`,
      advice: "It may hold locks and keeps PostgreSQL from tidying up. End it where it was begun.",
      ...told(facts.longest_ms, facts.longest),
    },
  ];
  return findings.filter((finding) => finding !== false);
}

function told(forMs: number | null, detail: string | null = null) {
  return { forMs, detail: detail === null ? null : detail.slice(0, 2_000) };
}

const ageMs = (since: string) =>
  `(extract(epoch from clock_timestamp() - ${since}) * 1000)::float8`;

const connection = (of: string) =>
  `concat_ws(', ', 'pid ' || ${of}.pid, nullif(${of}.application_name, ''), ${of}.state,
    left(${of}.query, 500))`;

function factsSql({ schemas }: Engine, group: string): string {
  const write = identifier(schemas.write);
  return `with mine as (
      select g.name, m.id, g.paused_at, g.paused_by, g.paused_reason, g.failing_since, g.last_error,
        m.name as read_model
      from ${write}.generation as m join ${write}.refresh_group as g on g.name = m.refresh_group
      where m.id = $1
    ), work as (
      select a.pid, a.query_start, coalesce(a.wait_event_type = 'Lock', false) as locked,
        ${connection("a")} as told,
        (select string_agg(${connection("b")}, '; ') from pg_stat_activity as b
          where b.pid = any (pg_blocking_pids(a.pid))) as blocker
      from pg_stat_activity as a
      where a.datname = current_database() and a.application_name = 'selvedge refresh'
        and a.state = 'active' and a.pid in (select pid from pg_locks
          where locktype = 'advisory' and granted and database = (
            select oid from pg_database where datname = current_database())
          and classid = ${lockSpace}::oid and objid = ${lockOf(group)}::oid)
      order by a.query_start limit 1
    ), longest as (
      select a.xact_start, ${connection("a")} as told from pg_stat_activity as a
      where a.datname = current_database() and a.backend_xid is not null
        and a.pid <> pg_backend_pid()
      order by a.xact_start limit 1
    ), held as (
      select count(*)::int as keys, min(h.since) as since,
        (array_agg(h.error order by h.since))[1] as error
      from ${write}.held_key as h join mine on h.generation = mine.id
    ), built as (
      select b.filled_rows::int as rows, b.installed_at from ${write}.generation as b join mine
        on b.name = mine.read_model and b.state in ('building', 'filled', 'ready') limit 1
    )
    select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
      (select ${ageMs("max(heard_at)")} from ${write}.refresher) as silent_ms,
      ${ageMs("mine.paused_at")} as paused_ms, mine.paused_by, mine.paused_reason,
      ${ageMs("mine.failing_since")} as failing_ms, mine.last_error,
      held.keys as held, ${ageMs("held.since")} as held_ms, held.error as held_error,
      built.rows as building_rows, ${ageMs("built.installed_at")} as building_ms,
      ${ageMs("work.query_start")} as working_ms, work.told as working,
      work.locked as locked, work.blocker,
      ${ageMs("longest.xact_start")} as longest_ms, longest.told as longest
    from mine cross join held left join built on true left join work on true
    left join longest on true`;
}
