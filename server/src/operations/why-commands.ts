import type { z } from "zod";
import { partsOf } from "../kernel/generation.ts";
import { identifier, isoTime } from "../kernel/schemas.ts";
import { type AskedRow, eventsMax, isAsked, type whyCommand } from "./why-row.ts";

interface Asked extends AskedRow {
  /** Of aggregates that the row may be made of. */
  readonly ids: readonly string[];
  readonly commandsMax: number;
}

// The newest of each aggregate are looked at: a best seller has had millions.
const ofEachMax = 30;

/** The commands that touched the aggregates of a row, and those of which it shows nothing yet. */
export async function commandsOf(asked: Asked): Promise<z.infer<typeof whyCommand>[]> {
  const { engine, generation, tenant, ids } = asked;
  // Notes of a read model that is worked out whole have no key.
  const values = generation.definition.maintain === "whole" ? [] : asked.values;
  const { rows } = await engine.operationsPool.query<z.infer<typeof whyCommand>>(
    commandsSql(asked, `$${values.length + 2}::text[]`),
    [tenant, ...values, ids],
  );
  return rows;
}

function commandsSql(asked: Asked, ids: string): string {
  const { engine, generation, columns, commandsMax } = asked;
  const write = identifier(engine.schemas.write);
  const { stale } = partsOf(generation, engine.schemas);
  const isWhole = generation.definition.maintain === "whole";
  return `with recursive
    kind (name) as (
      (select kind from ${write}.journal where tenant = $1 order by kind limit 1)
      union all
      select (select j.kind from ${write}.journal as j
        where j.tenant = $1 and j.kind > kind.name order by j.kind limit 1)
      from kind where kind.name is not null
    ), waiting as (
      select xid, bool_or(held) as held from ${stale} as s
      where ${isWhole ? "true" : isAsked(columns, "s")} group by xid order by xid limit ${commandsMax}
    ), touched as (
      select xid, max(position) as position from (
        select n.xid, n.position from kind cross join unnest(${ids}) as i (id)
        cross join lateral (
          select xid, position from ${write}.journal as j
          where j.tenant = $1 and j.kind = kind.name and j.id = i.id
          order by version desc limit ${ofEachMax}) as n
        where kind.name is not null
        union all
        select w.xid, null from waiting as w
      ) as n group by xid
    ), newest as (
      select t.xid, w.held, j.partner, j.command_id
      from touched as t left join waiting as w using (xid)
      cross join lateral (
        select partner, command_id from ${write}.journal
        where tenant = $1 and xid::text::bigint = t.xid::text::bigint limit 1) as j
      order by w.xid is null, t.xid desc limit ${commandsMax}
    )
    select l.command_id as "commandId", l.procedure, l.partner, l.actor,
      ${isoTime("l.at")} as "committedAt",
      case when n.held then 'held' when n.held is not null then 'waits' else 'shown' end as state,
      (select coalesce(json_agg(one), '[]') from (
        select kind, id, type, data from ${write}.journal
        where tenant = $1 and xid::text::bigint = n.xid::text::bigint
        order by position limit ${eventsMax}) as one) as events
    from newest as n join ${write}.command_log as l
      on l.tenant = $1 and l.partner = n.partner and l.command_id = n.command_id
    order by n.xid desc`;
}
