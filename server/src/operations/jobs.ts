import { z } from "zod";
import { codeOf } from "../kernel/database-errors.ts";
import type { Engine } from "../kernel/engine.ts";
import { operation } from "../kernel/procedure.ts";
import { identifier, isoTime } from "../kernel/schemas.ts";

// More than this of one queue are not counted: to say so costs no more than looking at so many.
const countedMax = 10_000;
const troublesMax = 200;
const errorCharsMax = 20_000;

const queue = z.strictObject({
  name: z.string(),
  /** Ready to be taken up. */
  waiting: z.int(),
  /** Queued, but not to be taken up yet: a retry that pauses, or a time in the future. */
  later: z.int(),
  active: z.int(),
  failed: z.int(),
  /** Whether there may be more than are counted. */
  atLeast: z.boolean(),
  /** Since when the oldest that is ready waits. */
  oldestWaitingAt: z.string().nullable(),
  /** The queue that takes what failed here for good. */
  deadLetter: z.string().nullable(),
});

const trouble = z.strictObject({
  queue: z.string(),
  id: z.string(),
  /** `retrying`: it is tried again by itself. `failed`, `dead`: it is not. */
  state: z.enum(["retrying", "failed", "dead"]),
  /** What it is about, as `fulfilment` or the id of a subscription. */
  key: z.string().nullable(),
  /** The whole error of its last try. */
  error: z.string(),
  tries: z.int(),
  createdAt: z.string(),
  failedAt: z.string().nullable(),
  /** When it is tried again; null where it is not. */
  retryAt: z.string().nullable(),
  /** Of a dead letter: the queue in which it failed. */
  from: z.string().nullable(),
});

const undelivered = z.strictObject({
  id: z.string(),
  partner: z.string(),
  url: z.string(),
  since: z.string(),
  reason: z.string(),
  failures: z.int(),
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
});

const jobsAnswer = z.strictObject({
  at: z.string(),
  /** Null where no process has ever worked on jobs in this database. */
  queues: z.array(queue).max(500).nullable(),
  troubles: z.array(trouble).max(troublesMax),
  /** Subscriptions of the caller's house that Selvedge has stopped telling. */
  undelivered: z.array(undelivered).max(500),
  /** Where the host has mounted pg-boss's own dashboard, if it says so. */
  dashboardUrl: z.string().nullable(),
});

type Jobs = z.infer<typeof jobsAnswer>;

/** Operations look at the work in the background, and at what failed of it. */
export const jobs = operation
  .meta({
    scope: "operations:read",
    doc:
      "The queues of background work with what waits, runs and has failed; jobs that failed and " +
      "dead letters with their whole error; and webhooks that are told no more.",
  })
  .input(z.strictObject({}).optional())
  .output(jobsAnswer)
  .query(async ({ ctx: { engine, identity } }) => {
    const { operationsPool, schemas, jobsDashboardUrl = null } = engine;
    const { rows } = await operationsPool.query<Pick<Jobs, "at" | "undelivered">>(
      `select ${isoTime("clock_timestamp()")} as at, (
         select coalesce(json_agg(one), '[]') from (
           select id, partner, url, ${isoTime("paused_at")} as since, paused_reason as reason,
             failures, last_status as "lastStatus", last_error as "lastError"
           from ${identifier(schemas.write)}.webhook_subscription
           where tenant = $1 and paused_by = 'selvedge' order by paused_at desc limit 500
         ) as one) as undelivered`,
      [identity.tenant],
    );
    const { at = "", undelivered = [] } = rows[0] ?? {};
    return { at, undelivered, dashboardUrl: jobsDashboardUrl, ...(await readQueues(engine)) };
  });

async function readQueues(engine: Engine): Promise<Pick<Jobs, "queues" | "troubles">> {
  try {
    const { rows } = await engine.operationsPool.query<Pick<Jobs, "queues" | "troubles">>(
      queuesSql(identifier(engine.schemas.jobs)),
    );
    const [found] = rows;
    return found ?? { queues: null, troubles: [] };
  } catch (error) {
    const nothingInstalled = ["42P01", "3F000"];
    if (nothingInstalled.includes(codeOf(error))) return { queues: null, troubles: [] };
    throw error;
  }
}

/** Errors as pg-boss keeps them: of a throw with its stack, of a give-up with a message alone. */
function errorOf(output: string): string {
  const parts = ["stack", "message"].map((part) => `${output} ->> '${part}'`);
  const given = `${output} #>> '{value,message}'`;
  return `left(coalesce(${[...parts, given].join(", ")}, jsonb_pretty(${output}),
    'it says nothing'), ${errorCharsMax})`;
}

/**
 * Counted and not taken from pg-boss's own columns: those are as old as the last look of whoever
 * supervises, and stand still where nobody does. An index holds what is not done, queue by queue.
 */
function queuesSql(jobs: string): string {
  const isQueued = "state in ('created', 'retry')";
  return `with queue as (
      select name, dead_letter, exists (
        select from ${jobs}.queue as of where of.dead_letter = q.name) as is_dead
      from ${jobs}.queue as q where name not like '\\_\\_pgboss%'
    ), counted as (
      select name, dead_letter as "deadLetter", c.*
      from queue, lateral (
        select count(*) filter (where ${isQueued} and start_after <= now())::int as waiting,
          count(*) filter (where ${isQueued} and start_after > now())::int as later,
          count(*) filter (where state = 'active')::int as active,
          count(*) filter (where state = 'failed')::int as failed,
          count(*) = ${countedMax} as "atLeast",
          ${isoTime(`min(created_on) filter (where ${isQueued} and start_after <= now())`)}
            as "oldestWaitingAt"
        from (
          select state, start_after, created_on from ${jobs}.job as j where j.name = queue.name
          and j.state in ('created', 'retry', 'active', 'failed') limit ${countedMax}
        ) as looked
      ) as c
    ), troubled as (
      select queue.name as queue, t.* from queue, lateral (
        select id, singleton_key as key, source_name as from, created_on,
          case when is_dead then 'dead' when state = 'failed' then 'failed' else 'retrying' end
            as state,
          ${errorOf("coalesce(source_output, output)")} as error,
          coalesce(source_retry_count, retry_count) + 1 as tries,
          coalesce(completed_on, case when is_dead then created_on end) as failed_on,
          case when state = 'retry' then start_after end as retry_on
        from ${jobs}.job as j where j.name = queue.name and (
          j.state = 'failed' and j.dead_letter is null or is_dead and j.state in ('created', 'retry')
          or j.state = 'retry' and output is not null)
        order by j.created_on desc limit ${troublesMax}
      ) as t
    )
    select (select coalesce(json_agg(c order by name), '[]') from counted as c) as queues,
      (select coalesce(json_agg(one), '[]') from (
        select queue, id, state, key, "from", error, tries, ${isoTime("created_on")} as "createdAt",
          ${isoTime("failed_on")} as "failedAt", ${isoTime("retry_on")} as "retryAt"
        from troubled order by state = 'retrying', coalesce(failed_on, created_on) desc
        limit ${troublesMax}) as one) as troubles`;
}
