import type pg from "pg";
import { messageOf } from "../kernel/database-errors.ts";
import { identifier, type Schemas } from "../kernel/schemas.ts";

/** A house that has something to tell a listener of. */
export interface HouseToTell {
  readonly tenant: string;
  /** Behind the last event that was taken: the durable truth. */
  readonly position: string;
  readonly failures: number;
}

/** How a listener stands. */
export interface ListenerHealth {
  readonly name: string;
  /** What is still to be told, and since when the oldest of it waits, in ms. */
  readonly pending: number;
  readonly lagMs: number;
  /** Since when the next event has failed; null where none has. */
  readonly failingSince: string | null;
}

// However far behind one is, telling how far costs no more than looking at this many events.
const looksMax = 5_000;

/** The rows that say how far listeners have been told. */
export class ListenerRows {
  readonly #db: pg.Pool;
  readonly #listener: string;
  readonly #house: string;
  readonly #journal: string;

  constructor(db: pg.Pool, { write }: Schemas) {
    this.#db = db;
    this.#listener = `${identifier(write)}.host_listener`;
    this.#house = `${identifier(write)}.host_listener_house`;
    this.#journal = `${identifier(write)}.journal`;
  }

  /** Notes a listener that is new, and what it listens to now. */
  async note(
    name: string,
    position: string,
    { types, tenants }: { types?: readonly string[]; tenants?: readonly string[] },
  ): Promise<void> {
    await this.#db.query(
      `insert into ${this.#listener} (name, position, types, tenants) values ($1, $2, $3, $4)
       on conflict (name) do update set types = excluded.types, tenants = excluded.tenants`,
      [name, position, types ?? null, tenants ?? null],
    );
  }

  /** Which houses have had events since, and are due; `seen`: what was looked at in vain. */
  async toTell(name: string, seen: ReadonlyMap<string, string>): Promise<HouseToTell[]> {
    const { rows } = await this.#db.query<HouseToTell>(
      `with ${housesSql(this.#journal)}
       select house.tenant, coalesce(h.position, l.position) as position,
         coalesce(h.failures, 0) as failures
       from house join ${this.#listener} as l on l.name = $1
         left join ${this.#house} as h on h.name = l.name and h.tenant = house.tenant
         left join unnest($2::text[], $3::text[]) as seen (tenant, position)
           on seen.tenant = house.tenant
       where house.tenant is not null and (l.tenants is null or house.tenant = any (l.tenants))
         and (h.next_attempt_at is null or h.next_attempt_at <= clock_timestamp())
         and exists (select from ${this.#journal} as j where j.tenant = house.tenant
           and ${beyond("coalesce(seen.position, h.position, l.position)")})
       order by house.tenant`,
      [name, [...seen.keys()], [...seen.values()]],
    );
    return rows;
  }

  /** An event was taken, or what stood between was not wanted. False where another was there. */
  async moved(
    name: string,
    { tenant, position }: HouseToTell,
    to: string,
    told: 0 | 1,
  ): Promise<boolean> {
    const { rowCount } = await this.#db.query(
      `insert into ${this.#house} as h (name, tenant, position, told, told_at)
       values ($1, $2, $4, $5::bigint, case when $5::bigint = 1 then clock_timestamp() end)
       on conflict (name, tenant) do update set position = excluded.position,
         told = h.told + excluded.told, told_at = coalesce(excluded.told_at, h.told_at),
         failures = 0, failing_since = null, last_error = null
       where h.position = $3`,
      [name, tenant, position, to, told],
    );
    return rowCount === 1;
  }

  /** An event was not taken: its house waits. */
  async failed(
    name: string,
    { tenant, position }: HouseToTell,
    error: unknown,
    waitMs: number,
  ): Promise<void> {
    await this.#db.query(
      `insert into ${this.#house} as h
         (name, tenant, position, failures, failing_since, last_error, next_attempt_at)
       values ($1, $2, $3, 1, clock_timestamp(), $4,
         clock_timestamp() + $5::float8 * interval '1 ms')
       on conflict (name, tenant) do update set failures = h.failures + 1,
         failing_since = coalesce(h.failing_since, excluded.failing_since),
         last_error = excluded.last_error, next_attempt_at = excluded.next_attempt_at
       where h.position = $3`,
      [name, tenant, position, messageOf(error), waitMs],
    );
  }

  /** How all listeners stand, those of other processes too. */
  async health(): Promise<ListenerHealth[]> {
    const { rows } = await this.#db.query<ListenerHealth>(
      `with ${housesSql(this.#journal)}
       select l.name, coalesce(sum(behind.pending), 0)::int as pending,
         coalesce(max(behind.ms), 0)::float8 as "lagMs",
         to_char(min(h.failing_since) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
           as "failingSince"
       from ${this.#listener} as l
         left join house on house.tenant is not null
           and (l.tenants is null or house.tenant = any (l.tenants))
         left join ${this.#house} as h on h.name = l.name and h.tenant = house.tenant
         left join lateral (
           select count(*) as pending,
             round(extract(epoch from clock_timestamp() - min(at)) * 1000) as ms
           from (
             select at, type from ${this.#journal} as j where j.tenant = house.tenant
               and ${beyond("coalesce(h.position, l.position)")}
             order by j.xid::text::bigint, j.position limit ${looksMax}
           ) as looked where l.types is null or type = any (l.types)
         ) as behind on true
       group by l.name order by l.name`,
    );
    return rows;
  }
}

/** The tenants of the journal, each found by one look into its index; the last row is null. */
const housesSql = (journal: string) => `recursive house (tenant) as (
    (select tenant from ${journal} order by tenant limit 1)
    union all
    select (select j.tenant from ${journal} as j where j.tenant > house.tenant
      order by j.tenant limit 1)
    from house where house.tenant is not null
  )`;

const beyond = (position: string) => `(j.xid::text::bigint, j.position)
  > (split_part(${position}, '.', 3)::bigint, split_part(${position}, '.', 4)::bigint)`;
