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
 * kept fresh, for a return, unless it is of the same declaration; those that wait and were declared
 * before it are dropped.
 */
export async function swapIn(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  const others = await othersOf(client, schemas, generation);
  const replaced = others.find(({ state }) => state === "current");
  const previous = others.find(({ state }) => state === "previous");
  await client.query(
    `set local search_path = ${identifier(schemas.write)}; set local lock_timeout = ${lockMs}`,
  );
  await runAll(client, [
    ...readerStatements(generation, generation, schemas, "rows"),
    ...plainNameStatements(generation, schemas, "rows"),
  ]);
  const isSame = replaced?.hash === generation.hash;
  if (replaced && isSame) {
    // After a return, and before an acceptance, other declarations' readers see these rows as well.
    for (const other of others.filter((one) => one !== replaced)) {
      if (!(await readersSee(client, schemas, other, replaced))) continue;
      await runAll(client, readerStatements(other, generation, schemas, "rows"));
    }
    await dropGeneration(client, schemas, replaced, "keepReaders");
  }
  if (replaced && !isSame && previous) {
    const how = previous.hash === generation.hash ? "keepReaders" : "dropReaders";
    await dropGeneration(client, schemas, previous, how);
  }
  // What was declared before it and waited is decided upon as well.
  const outdated = ({ id, state }: Generation) => state === "waiting" && id < generation.id;
  for (const other of isSame ? [] : others.filter(outdated)) {
    await dropGeneration(client, schemas, other);
  }
  if (replaced && !isSame) await setState(client, schemas, replaced, "previous");
  await setState(client, schemas, generation, "current");
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
  for (const other of others) {
    if (!(await readersSee(client, schemas, other, current))) continue;
    if ((await misfitOf(client, schemas, other, previous)) !== undefined) continue;
    await runAll(client, readerStatements(other, previous, schemas, "rows"));
  }
  // What waits is to be compared with what is read from now on.
  await client.query(
    `update generation set compared_at = null where name = ${literal(name)} and state = 'waiting'`,
  );
  // Both states are unique a name, so they change places by way of a third.
  await setState(client, schemas, previous, "ready");
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
  await runAll(client, [...dropReaders, ...dropStatements(generation, schemas)]);
  await client.query(
    `delete from ${identifier(schemas.write)}.generation where id = ${generation.id}`,
  );
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
