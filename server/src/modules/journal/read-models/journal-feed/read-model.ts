import sql, { empty, type Sql } from "sql-template-tag";
import { z } from "zod";
import { count, jsonObject, safeText, timestamp } from "../../../../kernel/primitives.ts";
import { query } from "../../../../kernel/procedure.ts";
import { readModel } from "../../../../kernel/read-model.ts";
import {
  type FeedPlace,
  feedPosition,
  readPosition,
  refused,
  writePosition,
} from "../../feed-position.ts";

const eventsMax = 500;
const eventsDefault = 100;
const filterValuesMax = 50;
// However rare what is asked for, one answer costs no more than looking at this many events.
const looksMax = 5_000;

/**
 * The journal in an order that never changes behind a reader: by transaction, and told only when
 * every transaction that began earlier has ended (`settled`).
 */
export const journalFeed = readModel({
  doc: "Every event in an order to which nothing is ever added but at its end.",
  name: "journal_feed",
  scope: "journal:read",
  key: ["tenant", "transaction", "position"],
  columns: {
    transaction: count(),
    position: count(),
    settled: z.boolean(),
    at: timestamp(),
    kind: z.string(),
    id: z.string(),
    version: count(),
    type: z.string(),
    data: jsonObject(),
    partner: z.string(),
    command_id: z.string(),
    actor: z.string(),
  },
  filterBy: [],
  maintain: "live",
  feed: true,
  sql: `
    select tenant, xid::text::bigint as transaction, position,
      xid::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint as settled,
      at, kind, id, version, type, data, partner, command_id, actor
    from journal`,
});

const names = () => z.array(safeText(100)).min(1).max(filterValuesMax);

const event = z.strictObject({
  position: z.string().describe("Where to go on from after this event."),
  at: timestamp(),
  kind: z.string(),
  id: z.string(),
  version: count(),
  type: z.string(),
  data: jsonObject(),
  partner: z.string(),
  commandId: z.string(),
  actor: z.string(),
});

/** The platform and partners follow what happens. */
export const events = query
  .meta({
    scope: "journal:read",
    feed: true,
    doc:
      "What happened after a position, in order, each event once and none left out. Keep the " +
      "position of the answer and ask again with it.",
    example: { types: ["OrderPlaced", "OrderCancelled"], limit: 100 },
  })
  .input(
    z.strictObject({
      after: feedPosition().describe("From the beginning, if it is left out.").optional(),
      kinds: names().optional(),
      types: names().optional(),
      aggregate: z.strictObject({ kind: safeText(100), id: safeText(400) }).optional(),
      limit: z.int().min(1).max(eventsMax).default(eventsDefault),
    }),
  )
  .output(
    z.strictObject({
      events: z.array(event).max(eventsMax),
      position: z.string().describe("Where to go on from, whether there were events or not."),
      caughtUp: z.boolean().describe("Whether there is nothing more to tell for now."),
      heldBackMs: z
        .number()
        .describe("Age of the next event, if it waits for an older transaction to end; else 0."),
    }),
  )
  .query(async ({ ctx, input: { after, limit, ...filter } }) => {
    const start = readPosition(ctx.epoch, after);
    const asked = { from: ctx.from(journalFeed), tenant: ctx.tenant, start, limit, ...filter };
    const [found] = await ctx.read<Found>([journalFeed], feedSql(asked));
    if (!found?.known) throw refused("This position is from the future of this database.");
    const { looks, last } = found;
    const isFull = found.events.length === limit;
    const end = (isFull ? found.events.at(-1) : last) ?? start;
    return {
      events: found.events.map(({ transaction, position, ...event }) => ({
        position: writePosition(ctx.epoch, { transaction, position }),
        ...event,
      })),
      position: writePosition(ctx.epoch, end),
      caughtUp: !isFull && looks < looksFor(asked),
      heldBackMs: Math.max(0, Math.round(found.held_ms ?? 0)),
    };
  });

interface Asked {
  readonly from: Sql;
  readonly tenant: string;
  readonly start: FeedPlace;
  readonly limit: number;
  readonly kinds?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly aggregate?: { readonly kind: string; readonly id: string } | undefined;
}

interface Found {
  readonly events: readonly (Omit<z.infer<typeof event>, "position"> & FeedPlace)[];
  /** How many events were looked at, and the last one; of use where fewer are told than asked. */
  readonly looks: number;
  readonly last: FeedPlace | null;
  readonly held_ms: number | null;
  /** Whether this database can have given the position. */
  readonly known: boolean;
}

function looksFor({ limit, kinds, types }: Asked): number {
  return kinds || types ? looksMax : limit;
}

/**
 * Tells, of the next so many events, those that are wanted. What an index finds (an aggregate's
 * own events) is a condition of the looking; what none finds is a condition of the telling.
 */
function feedSql(asked: Asked): Sql {
  const { from, tenant, start, limit, kinds = null, types = null, aggregate } = asked;
  const ofAggregate = aggregate
    ? sql`and kind = ${aggregate.kind} and id = ${aggregate.id}`
    : empty;
  return sql`
    with looked as not materialized (
      select * from ${from} where tenant = ${tenant} and settled ${ofAggregate}
        and (transaction, position) > (${start.transaction}::bigint, ${start.position}::bigint)
      order by transaction, position limit ${looksFor(asked)}
    ), told as materialized (
      select * from looked
      where (${kinds}::text[] is null or kind = any (${kinds}::text[]))
        and (${types}::text[] is null or type = any (${types}::text[]))
      order by transaction, position limit ${limit}
    ), ended as (
      select transaction, position, row_number() over (order by transaction, position) as looks
      from looked where (select count(*) from told) < ${limit}
      order by transaction desc, position desc limit 1
    )
    select coalesce((select looks from ended), 0) as looks,
      (select json_build_object('transaction', transaction, 'position', position) from ended)
        as last,
      (select coalesce(json_agg(json_build_object('transaction', transaction,
          'position', position, 'at', at, 'kind', kind, 'id', id, 'version', version,
          'type', type, 'data', data, 'partner', partner, 'commandId', command_id,
          'actor', actor) order by transaction, position), '[]') from told) as events,
      (select extract(epoch from clock_timestamp() - at)::float8 * 1000 from ${from}
        where tenant = ${tenant} and not settled
        order by transaction, position limit 1) as held_ms,
      pg_is_in_recovery() or ${start.transaction}::bigint <
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint as known`;
}
