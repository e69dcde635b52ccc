import type { CommandSessions } from "./command-session.ts";
import { kernelRefusals } from "./kernel-refusals.ts";
import { Refusal } from "./refusals.ts";
import { identifier, isoTime, type Schemas } from "./schemas.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A command that changed an aggregate after another one had read it. */
export interface CameBetween {
  readonly kind: string;
  readonly id: string;
  /** The version that had been read. */
  readonly expected: number;
  readonly command: string;
  readonly actor: string;
  /** ISO 8601, the database's clock. */
  readonly at: string;
  /** How many events it recorded there, and the first of them. */
  readonly events: number;
  readonly happened: readonly { readonly type: string; readonly data: object }[];
}

// What a person reads before trying again; a few tell as much as all.
const commandsMax = 10;
const happenedMax = 5;
const dataCharsMax = 500;
// More than this does not come between the reading and the writing of one command.
const rowsMax = 1_000;

/**
 * Finds the commands that changed what a unit of work has changed too, after it had read it: the
 * journal's rows beyond the versions that it read, by command, in order. None where a row changed
 * without the journal.
 */
export async function findBetween(
  sessions: CommandSessions,
  schemas: Schemas,
  { tenant, read }: Pick<UnitOfWork, "tenant" | "read">,
): Promise<CameBetween[]> {
  if (read.length === 0) return [];
  const write = identifier(schemas.write);
  return sessions.query<CameBetween>({
    name: "came-between",
    text: `select j.kind, j.id, r.version as expected, l.procedure as command, l.actor,
        ${isoTime("min(j.at)")} as at,
        count(*)::int as events,
        to_jsonb((array_agg(jsonb_build_object('type', j.type, 'data', j.data)
          order by j.version))[1:${happenedMax}]) as happened
      from jsonb_to_recordset($2) as r (kind text, id text, version int)
      join ${write}.journal as j
        on j.tenant = $1 and j.kind = r.kind and j.id = r.id and j.version > r.version
      join ${write}.command_log as l
        on l.tenant = j.tenant and l.partner = j.partner and l.command_id = j.command_id
      group by j.kind, j.id, r.version, l.procedure, l.actor, l.partner, l.command_id
      order by j.kind, j.id, min(j.version) limit ${rowsMax}`,
    values: [tenant, JSON.stringify(read)],
  });
}

/**
 * The refusal of a command that does not commute with what came between. It tells all that came
 * between on that aggregate or, where that is too much, what is in the way.
 */
export function changedInBetween(
  between: readonly CameBetween[],
  inTheWay: readonly [CameBetween, ...CameBetween[]],
): Refusal {
  const [{ kind, id, expected }] = inTheWay;
  const ofIt = (one: CameBetween) => one.kind === kind && one.id === id;
  const all = between.filter(ofIt);
  const listed = (all.length > commandsMax ? inTheWay.filter(ofIt) : all).slice(0, commandsMax);
  const more = all.length - listed.length;
  const words = [...listed.map(sayCommand), ...(more > 0 ? [`${more} more`] : [])].join("; ");
  const reason = "changed-in-between";
  const { kind: refusalKind, text } = kernelRefusals.reasons[reason];
  return new Refusal(
    reason,
    { kind: refusalKind, text: `${text} ${words}.` },
    {
      aggregate: { kind, id },
      expectedVersion: expected,
      between: listed.map(({ command, actor, at, happened }) => ({
        ...{ command, actor, at },
        happened: happened.map(({ type, data }) => ({ type, ...brief(data) })),
      })),
      words,
    },
  );
}

/** `OrderHeld by anna at 2026-03-01T10:00:00.000Z`. */
function sayCommand({ happened, events, actor, at }: CameBetween): string {
  const types = [...new Set(happened.map(({ type }) => type))].join(", ");
  const more = events > happened.length ? ` and ${events - happened.length} more` : "";
  return `${types}${more} by ${actor} at ${at}`;
}

/** An event's facts, but for those that would not fit; their names are told. */
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
