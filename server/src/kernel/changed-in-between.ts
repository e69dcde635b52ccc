import type { CommandSessions } from "./command-session.ts";
import { type Passed, passedSql, sayPassed, tell } from "./command-trail.ts";
import { refuseAnyCommand } from "./kernel-refusals.ts";
import type { Refusal } from "./refusals.ts";
import { identifier, type Schemas } from "./schemas.ts";
import type { ReadVersion, UnitOfWork } from "./unit-of-work.ts";

// What a person reads before trying again; a few tell as much as all.
const commandsMax = 10;
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
): Promise<Passed[]> {
  if (read.length === 0) return [];
  const beyond = `jsonb_to_recordset($2) as r (kind text, id text, version int)
    join ${identifier(schemas.write)}.journal as j
      on j.tenant = $1 and j.kind = r.kind and j.id = r.id and j.version > r.version`;
  return sessions.query<Passed>({
    name: "came-between",
    text: `${passedSql(beyond, schemas)} limit ${rowsMax}`,
    values: [tenant, JSON.stringify(read)],
  });
}

/**
 * The refusal of a command that does not commute with what came between. It tells all that came
 * between on that aggregate or, where that is too much, what is in the way.
 */
export function changedInBetween(
  read: readonly ReadVersion[],
  between: readonly Passed[],
  inTheWay: readonly [Passed, ...Passed[]],
): Refusal {
  const [{ kind, id }] = inTheWay;
  const ofIt = (one: { kind: string; id: string }) => one.kind === kind && one.id === id;
  const all = between.filter(ofIt);
  const listed = (all.length > commandsMax ? inTheWay.filter(ofIt) : all).slice(0, commandsMax);
  const more = all.length - listed.length;
  const words = [...listed.map(sayPassed), ...(more > 0 ? [`${more} more`] : [])].join("; ");
  return refuseAnyCommand("changed-in-between", words, {
    aggregate: { kind, id },
    expectedVersion: read.find(ofIt)?.version ?? 0,
    between: listed.map(tell),
    words,
  });
}
