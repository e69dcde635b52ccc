import type pg from "pg";
import { identifier, type Schemas } from "../kernel/schemas.ts";
import type { Attempt } from "./post.ts";

/** What a drain knows of a subscription. */
export interface Subscription {
  readonly id: string;
  readonly tenant: string;
  readonly partner: string;
  readonly url: string;
  readonly types: string[] | null;
  readonly kinds: string[] | null;
  /** The one that signs, and the one before it for as long as it does. */
  readonly secrets: string[];
  /** Behind the last event that was taken: the durable truth. */
  readonly position: string;
  readonly failures: number;
  /** Not paused, and no longer to wait after a failure. */
  readonly isDue: boolean;
}

const columns = `id, tenant, partner, url, types, kinds, position, failures,
  case when secret_before_until > clock_timestamp() then array[secret, secret_before]
    else array[secret] end as secrets,
  paused_at is null and next_attempt_at <= clock_timestamp() as "isDue"`;

// A receiver who takes nothing for so long is gone.
const givenUpAfter = "3 days";
const errorLengthMax = 300;

/** The rows of subscriptions, as who delivers reads and writes them. */
export class SubscriptionRows {
  readonly #db: pg.Pool;
  readonly #table: string;
  readonly #jobs: string;

  constructor(db: pg.Pool, schemas: Schemas) {
    this.#db = db;
    this.#jobs = `${identifier(schemas.jobs)}.job`;
    this.#table = `${identifier(schemas.write)}.webhook_subscription`;
  }

  /** Which are due now, and whether each has a job queued already. */
  async due(queue: string): Promise<{ id: string; isQueued: boolean }[]> {
    const { rows } = await this.#db.query<{ id: string; isQueued: boolean }>(
      `select id, exists (select from ${this.#jobs} as j where j.name = $1
         and j.state in ('created', 'retry') and j.singleton_key = s.id::text) as "isQueued"
       from ${this.#table} as s
       where paused_at is null and next_attempt_at <= clock_timestamp() order by next_attempt_at`,
      [queue],
    );
    return rows;
  }

  /** One as it is now; undefined where it is gone. */
  load(id: string): Promise<Subscription | undefined> {
    return this.#one(`select ${columns} from ${this.#table} where id = $1`, [id]);
  }

  /** An event was taken. Undefined where another process has gone on from there meanwhile. */
  taken(
    { id, position }: Subscription,
    to: string,
    { status }: Attempt,
  ): Promise<Subscription | undefined> {
    return this.#one(
      `update ${this.#table} set position = $3, delivered = delivered + 1,
         delivered_at = clock_timestamp(), failures = 0, failing_since = null,
         last_status = $4, last_error = null
       where id = $1 and position = $2 returning ${columns}`,
      [id, position, to, status],
    );
  }

  /** What stood between was not wanted. */
  passed({ id, position }: Subscription, to: string): Promise<Subscription | undefined> {
    return this.#one(
      `update ${this.#table} set position = $3 where id = $1 and position = $2
       returning ${columns}`,
      [id, position, to],
    );
  }

  /** An event was not taken: it waits, or the subscription does until somebody looks at it. */
  async failed({ id, position }: Subscription, attempt: Attempt, waitMs: number): Promise<void> {
    const { status, error } = attempt;
    const isGone = status === 410;
    await this.#db.query(
      `with tried as (
         select id, $6 or failing_since < clock_timestamp() - interval '${givenUpAfter}' as is_over
         from ${this.#table} where id = $1 and position = $2
       )
       update ${this.#table} as s set failures = failures + 1,
         failing_since = coalesce(failing_since, clock_timestamp()),
         last_status = $3, last_error = $4,
         next_attempt_at = clock_timestamp() + $5::float8 * interval '1 ms',
         paused_at = case when is_over then coalesce(paused_at, clock_timestamp()) end,
         paused_by = case when is_over then coalesce(paused_by, 'selvedge') else paused_by end,
         paused_reason = case when is_over then coalesce(paused_reason, $7) end
       from tried where s.id = tried.id and (is_over or paused_at is null)`,
      [
        ...[id, position, status, error?.slice(0, errorLengthMax), waitMs, isGone],
        isGone ? "the receiver is gone (410)" : `it has failed for ${givenUpAfter}: ${error}`,
      ],
    );
  }

  /** Stops it, for somebody to look at. */
  async pause({ id }: Subscription, reason: string): Promise<void> {
    await this.#db.query(
      `update ${this.#table} set paused_at = clock_timestamp(), paused_by = 'selvedge',
         paused_reason = $2 where id = $1 and paused_at is null`,
      [id, reason],
    );
  }

  async #one(text: string, values: unknown[]): Promise<Subscription | undefined> {
    const { rows } = await this.#db.query<Subscription>(text, values);
    return rows[0];
  }
}
