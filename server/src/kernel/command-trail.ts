import { identifier, isoTime, type Schemas } from "./schemas.ts";

/** A command that left events on an aggregate, as the journal and the command log have it. */
export interface Passed {
  readonly kind: string;
  readonly id: string;
  readonly command: string;
  readonly actor: string;
  /** ISO 8601, the database's clock. */
  readonly at: string;
  /** How many events it recorded there, and the first of them. */
  readonly events: number;
  readonly happened: readonly { readonly type: string; readonly data: object }[];
}

/** What a caller is told of a command that passed. */
export interface ToldCommand {
  readonly command: string;
  readonly actor: string;
  readonly at: string;
  readonly happened: readonly {
    readonly type: string;
    readonly data: object;
    /** Names of the facts that were too long to be told. */
    readonly leftOut?: readonly string[];
  }[];
}

// What a person reads before going on; a few tell as much as all.
const happenedMax = 5;
const dataCharsMax = 500;

/** The SQL that sums up rows `j` of the journal of tenant `$1` by command, the earliest first. */
export function passedSql(from: string, { write }: Schemas): string {
  return `select j.kind, j.id, l.procedure as command, l.actor, ${isoTime("min(j.at)")} as at,
      count(*)::int as events,
      to_jsonb((array_agg(jsonb_build_object('type', j.type, 'data', j.data)
        order by j.version))[1:${happenedMax}]) as happened
    from ${from}
    join ${identifier(write)}.command_log as l
      on l.tenant = $1 and l.partner = j.partner and l.command_id = j.command_id
    group by j.kind, j.id, l.procedure, l.actor, l.partner, l.command_id
    order by j.kind, j.id, min(j.version)`;
}

/** Tells what passed, with events' facts as far as they are short. */
export function tell({ command, actor, at, happened }: Passed): ToldCommand {
  const told = happened.map(({ type, data }) => ({ type, ...brief(data) }));
  return { command, actor, at, happened: told };
}

/** `OrderHeld by anna at 2026-03-01T10:00:00.000Z`. */
export function sayPassed({ happened, events, actor, at }: Passed): string {
  const types = [...new Set(happened.map(({ type }) => type))].join(", ");
  const more = events > happened.length ? ` and ${events - happened.length} more` : "";
  return `${types}${more} by ${actor} at ${at}`;
}

function brief(data: object): { data: object; leftOut?: string[] } {
  let left = dataCharsMax;
  const fits = ([name, value]: [string, unknown]) => {
    const chars = name.length + JSON.stringify(value ?? null).length;
    if (chars > left) return false;
    left -= chars;
    return true;
  };
  const facts = Object.entries(data);
  const kept = facts.filter(fits);
  const names = new Set(kept.map(([name]) => name));
  const leftOut = facts.map(([name]) => name).filter((name) => !names.has(name));
  return { data: Object.fromEntries(kept), ...(leftOut.length > 0 && { leftOut }) };
}
