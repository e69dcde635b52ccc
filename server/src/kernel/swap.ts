import type { ClientBase } from "pg";
import {
  comingStates,
  type Generation,
  loadGenerations,
  partsOf,
  readerViews,
  setState,
} from "./generation.ts";
import {
  dropReaderStatements,
  dropStatements,
  plainNameStatements,
  readerStatements,
} from "./read-model-ddl.ts";
import { misfitOf } from "./reader-fit.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { runAll } from "./transaction.ts";

/**
 * How long a change of tables waits for a lock: less than it takes PostgreSQL to look for deadlocks
 * (1 s), so that it is never a reader or a command that has to give way. It is tried again.
 */
export const lockMs = 500;

/**
 * Puts a generation in the place of the one that is read, in the caller's transaction: readers of
 * its own declaration from now on see its rows, with their grants. The one it replaces is kept, and
 * kept fresh, for a return, unless it is of the same declaration. With another declaration the one
 * that was a step back goes, and those that waited and were declared before it.
 */
export async function swapIn(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  const others = await othersOf(client, schemas, generation);
  const replaced = others.find(({ state }) => state === "current");
  await client.query(
    `set local search_path = ${identifier(schemas.write)}; set local lock_timeout = ${lockMs}`,
  );
  await runAll(client, [
    ...readerStatements(generation, generation, schemas, "rows"),
    ...plainNameStatements(generation, schemas, "rows"),
  ]);
  if (!replaced) return setState(client, schemas, generation, "current");
  const isSame = replaced.hash === generation.hash;
  const isOver = ({ id, state }: Generation) =>
    state === "previous" || (state === "waiting" && id < generation.id);
  const goes = isSame ? [replaced] : others.filter(isOver);
  const left = [replaced, ...goes];
  const stay = others.filter((one) => !left.includes(one));
  await showElsewhere(client, schemas, { readers: stay, left, shown: generation });
  for (const one of goes) {
    // After a return servers of the newer declaration run on, and are shown what is kept.
    const areShownReplaced =
      one.id > replaced.id && (await readersSee(client, schemas, one, replaced));
    const keepReaders = areShownReplaced || hasTwin(one, [generation, ...others]);
    await dropGeneration(client, schemas, one, keepReaders ? "keepReaders" : "dropReaders");
  }
  if (!isSame) {
    await setState(client, schemas, replaced, "previous");
    await compareWaitingAnew(client, schemas, generation.name);
  }
  await setState(client, schemas, generation, "current");
}

interface Showing {
  readonly readers: readonly Generation[];
  /** What they are to be shown no more. */
  readonly left: readonly Generation[];
  readonly shown: Generation;
}

/** Shows other declarations' readers the rows of another generation, or else computes theirs. */
async function showElsewhere(
  client: ClientBase,
  schemas: Schemas,
  { readers, left, shown }: Showing,
): Promise<void> {
  for (const reader of readers) {
    let seesLeft = false;
    for (const one of left) seesLeft ||= await readersSee(client, schemas, reader, one);
    if (!seesLeft) continue;
    const fits = (await misfitOf(client, schemas, reader, shown)) === undefined;
    const statements = fits
      ? readerStatements(reader, shown, schemas, "rows")
      : readerStatements(reader, reader, schemas, "live");
    await runAll(client, statements);
  }
}

/** Whether another generation is of the same declaration, and so has the same readers. */
export function hasTwin({ id, hash }: Generation, among: readonly Generation[]): boolean {
  return among.some((other) => other.id !== id && other.hash === hash);
}

/** What waits is to be compared with what is read from now on. */
async function compareWaitingAnew(
  client: ClientBase,
  schemas: Schemas,
  name: string,
): Promise<void> {
  await client.query(
    `update ${identifier(schemas.write)}.generation set compared_at = null
     where name = ${literal(name)} and state = 'waiting'`,
  );
}

/**
 * Puts the previous generation back in its place, in the caller's transaction. Readers of the newer
 * declaration then see the older rows too; that needs the same key and all of their columns. Once
 * more, and each sees its own again. Throws where there is nothing to return to, or where readers
 * would miss something.
 */
export async function returnToPrevious(
  client: ClientBase,
  schemas: Schemas,
  name: string,
): Promise<Generation> {
  const generations = await loadGenerations(client, schemas, `name = ${literal(name)}`);
  const current = generations.find(({ state }) => state === "current");
  const previous = generations.find(({ state }) => state === "previous");
  if (!current || !previous) throw new CannotReturn(`${name} has no previous generation`);
  const others = generations.filter((one) => one !== current && one !== previous);
  if (others.some(({ state, hash }) => comingStates.includes(state) && hash === current.hash)) {
    throw new CannotReturn(`${name} is being rebuilt just now`);
  }
  const isBack = previous.id < current.id;
  const misfit = isBack ? await misfitOf(client, schemas, current, previous) : undefined;
  if (misfit !== undefined) throw new CannotReturn(`the previous ${name} ${misfit}`);
  await client.query(
    `set local search_path = ${identifier(schemas.write)}; set local lock_timeout = ${lockMs}`,
  );
  await runAll(client, [
    ...(isBack ? readerStatements(current, previous, schemas, "rows") : []),
    ...readerStatements(previous, previous, schemas, "rows"),
    ...plainNameStatements(previous, schemas, "rows"),
  ]);
  await showElsewhere(client, schemas, { readers: others, left: [current], shown: previous });
  await compareWaitingAnew(client, schemas, name);
  // Both states are unique a name, so they change places by way of a third.
  await setState(client, schemas, previous, "waiting");
  await setState(client, schemas, current, "previous");
  await setState(client, schemas, previous, "current");
  return previous;
}

/** Why a read model cannot go back to its previous generation. */
export class CannotReturn extends Error {
  override readonly name = "CannotReturn";
}

/**
 * Has refreshers leave groups alone until the caller's transaction ends, rather than to fail in the
 * middle of what it removes.
 */
export async function leaveGroupAlone(
  client: ClientBase,
  schemas: Schemas,
  groups: readonly string[],
): Promise<void> {
  await client.query(
    `select from ${identifier(schemas.write)}.refresh_group
     where name = any ($1) order by name for update`,
    [groups],
  );
}

/** Removes a generation with all of its parts. */
export async function dropGeneration(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
  readers: "dropReaders" | "keepReaders" = "dropReaders",
): Promise<void> {
  const dropReaders = readers === "dropReaders" ? dropReaderStatements(generation, schemas) : [];
  await runAll(client, dropReaders);
  await runAll(client, await dropOrphansStatements(client, schemas, generation));
  await runAll(client, dropStatements(generation, schemas));
  await client.query(
    `delete from ${identifier(schemas.write)}.generation where id = ${generation.id}`,
  );
}

/** Statements that drop views on a generation whose own declaration's generation is gone. */
async function dropOrphansStatements(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<string[]> {
  const { rows: shown, stale, definition } = partsOf(generation, schemas);
  const { rows } = await client.query<{ name: string }>(
    `select distinct c.relname as name
     from pg_depend as d join pg_rewrite as r on r.oid = d.objid
     join pg_class as c on c.oid = r.ev_class
     where d.refobjid in (to_regclass($1), to_regclass($2), to_regclass($3))
       and c.relnamespace = $4::regnamespace and starts_with(c.relname, $5 || '@')
       and not exists (select from ${identifier(schemas.write)}.generation as g where g.name = $5
         and g.hash = split_part(split_part(c.relname, '@', 2), ':', 1))`,
    [shown, stale, definition, identifier(schemas.read), generation.name],
  );
  const read = identifier(schemas.read);
  return rows.map(({ name }) => `drop view if exists ${read}.${identifier(name)}`);
}

async function othersOf(client: ClientBase, schemas: Schemas, { id, name }: Generation) {
  return loadGenerations(client, schemas, `name = ${literal(name)} and id <> ${id}`);
}

async function readersSee(
  client: ClientBase,
  schemas: Schemas,
  reader: Generation,
  generation: Generation,
): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_depend as d join pg_rewrite as r on r.oid = d.objid
     where r.ev_class = to_regclass($1) and d.refobjid = to_regclass($2)`,
    [readerViews(reader, schemas).rows, partsOf(generation, schemas).rows],
  );
  return rows.length > 0;
}
