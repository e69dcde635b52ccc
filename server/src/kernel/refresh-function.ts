import { stampOf, startedMs } from "./refresh-stamp.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { refreshedChannel } from "./signals.ts";

/** What a refresh by function came to; `longer`: it has to be done step by step. */
export type RefreshOutcome = "refreshed" | "idle" | "busy" | "longer";

/** What it took in of one generation. */
export interface Merged {
  readonly name: string;
  readonly state: string;
  readonly keys: number;
  /** When the oldest of their changes was noted, in ms since 1970; null if there was none. */
  readonly oldest: number | null;
  readonly took_ms: number;
}

/** The answer of the function; all but the outcome is null unless it refreshed. */
export interface RefreshAnswer {
  readonly outcome: RefreshOutcome;
  readonly started_ms: number;
  readonly merged: readonly Merged[];
}

/** The name of the function, quoted. */
export function refreshFunctionName(schemas: Schemas): string {
  return `${identifier(schemas.write)}.refresh_group_once`;
}

/**
 * The function that refreshes a group once, inside a REPEATABLE READ transaction of its caller. It
 * decides in the database what there is to do, so that a refresh is one round trip; and that there
 * is nothing to do is an answer and no error, which PostgreSQL would write to its log each time.
 * The group's row is taken only once something is stale: whoever finds that another refresher has
 * stored a newer snapshot since this one's own was taken fails there (40001), so a refresher that
 * was stopped and resumed never writes over newer rows.
 */
export function refreshFunction(schemas: Schemas): string {
  const write = identifier(schemas.write);
  const part = (name: string, of: string) =>
    `format('%I.%I', ${literal(schemas.write)}, '${name}_' || ${of}.name || '_' || ${of}.id)`;
  return `create or replace function ${refreshFunctionName(schemas)}(
      wanted text, out outcome text, out started_ms float8, out merged json)
    language plpgsql as $refresh$
    #variable_conflict use_column
    declare
      one record; taken record; is_stale boolean; is_paused boolean; began timestamptz;
      stale_ids int[] := '{}'; is_long boolean; all_keys int := 0; each json[] := '{}';
    begin
      select coalesce(bool_or(state = 'ready'), false) or exists (
          select from ${write}.held_key as h join ${write}.generation as g on g.id = h.generation
          where g.refresh_group = wanted and h.retry_at <= now()
        ) into is_long
      from ${write}.generation where refresh_group = wanted;
      for one in ${listSql(write)} loop
        execute 'select exists (select from ' || ${part("stale", "one")} || ' where not held)'
          into is_stale;
        if is_stale then
          stale_ids := stale_ids || one.id;
          is_long := is_long or one.maintain = 'whole';
        end if;
      end loop;
      outcome := 'idle';
      if stale_ids = '{}' and not is_long then return; end if;
      select paused_at is not null into is_paused from ${write}.refresh_group
      where name = wanted for update skip locked;
      if not found then outcome := 'busy'; return; end if;
      if is_paused then return; end if;
      if is_long then outcome := 'longer'; return; end if;
      for one in ${listSql(write)} loop
        continue when one.maintain <> 'byKey';
        began := clock_timestamp();
        if one.id = any (stale_ids) then
          execute 'select keys, oldest from ' || ${part("merge", "one")} || '(null, $1)'
            into taken using one.state <> 'current';
        else
          select 0 as keys, null::float8 as oldest into taken;
        end if;
        all_keys := all_keys + taken.keys;
        each := each || json_build_object('name', one.name, 'state', one.state,
          'keys', taken.keys, 'oldest', taken.oldest, 'took_ms',
          extract(epoch from clock_timestamp() - began)::float8 * 1000);
      end loop;
      update ${write}.refresh_group ${stampOf("all_keys")} where name = wanted
      returning ${startedMs} into started_ms;
      perform pg_notify(${literal(refreshedChannel)}, wanted);
      outcome := 'refreshed';
      merged := array_to_json(each);
    end $refresh$`;
}

function listSql(write: string): string {
  return `select id, name, state, definition ->> 'maintain' as maintain
        from ${write}.generation where refresh_group = wanted and state <> 'building' order by id`;
}
