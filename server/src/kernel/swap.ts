import type { ClientBase } from "pg";
import { comingStates, type Generation, loadGenerations, setState } from "./generation.ts";
import { dropReaderStatements, dropStatements, readerStatements } from "./read-model-ddl.ts";
import { misfitOf } from "./reader-fit.ts";
import {
  dropOrphans,
  moveOrphans,
  readersNeed,
  readersSee,
  showElsewhere,
  takePlainName,
} from "./readers.ts";
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
  await runAll(client, readerStatements(generation, generation, schemas, "rows"));
  await takePlainName(client, schemas, generation, "rows");
  if (!replaced) return setState(client, schemas, generation, "current");
  const isSame = replaced.hash === generation.hash;
  const isOver = ({ id, state }: Generation) =>
    state === "previous" || (state === "waiting" && id < generation.id);
  const goes = isSame ? [replaced] : others.filter(isOver);
  const left = [replaced, ...goes];
  const stay = others.filter((one) => !left.includes(one));
  await showElsewhere(client, schemas, { readers: stay, left, shown: generation });
  if (isSame) await moveOrphans(client, schemas, replaced, generation);
  for (const one of goes) {
    // Whoever is shown what is kept, after a return or while theirs waited, may run on.
    const isKept = !isSame && (await readersSee(client, schemas, one, replaced));
    await dropGeneration(client, schemas, one, isKept ? "keepReaders" : "dropReaders");
  }
  if (!isSame) await setState(client, schemas, replaced, "previous");
  await compareWaitingAnew(client, schemas, generation.name);
  await setState(client, schemas, generation, "current");
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

/** Keeps others from moving a read model's generations on, until the caller's transaction ends. */
export async function holdGenerations(
  client: ClientBase,
  schemas: Schemas,
  name: string,
): Promise<void> {
  await client.query(
    `select from ${identifier(schemas.write)}.generation where name = $1 order by id for update`,
    [name],
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
  await holdGenerations(client, schemas, name);
  const generations = await loadGenerations(client, schemas, `name = ${literal(name)}`);
  const current = generations.find(({ state }) => state === "current");
  const previous = generations.find(({ state }) => state === "previous");
  if (!current || !previous) throw new CannotReturn(`${name} has no previous generation`);
  const others = generations.filter((one) => one !== current && one !== previous);
  if (others.some(({ state, hash }) => comingStates.includes(state) && hash === current.hash)) {
    throw new CannotReturn(`${name} is being rebuilt just now`);
  }
  // After a return, readers of the newer one see the older one's rows, which are current.
  const isBack = !(await readersSee(client, schemas, previous, current));
  const misfit = isBack ? await misfitOf(client, schemas, current, previous) : undefined;
  if (misfit !== undefined) throw new CannotReturn(`the previous ${name} ${misfit}`);
  await client.query(
    `set local search_path = ${identifier(schemas.write)}; set local lock_timeout = ${lockMs}`,
  );
  await runAll(client, [
    ...(isBack ? readerStatements(current, previous, schemas, "rows") : []),
    ...readerStatements(previous, previous, schemas, "rows"),
  ]);
  await takePlainName(client, schemas, previous, "rows");
  await showElsewhere(client, schemas, { readers: others, left: [current], shown: previous });
  await compareWaitingAnew(client, schemas, name);
  // So is what was to take the place of what is read no more.
  await client.query(
    `update generation set state = 'filled', compared_at = null
     where name = ${literal(name)} and state = 'ready'`,
  );
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

/**
 * Removes a generation with all of its parts. Its declaration's readers go with it, unless another
 * generation is of the same declaration, or they are kept, being shown something else.
 */
export async function dropGeneration(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
  readers: "dropReaders" | "keepReaders" = "dropReaders",
): Promise<void> {
  const { name, hash, id } = generation;
  const twins = (await othersOf(client, schemas, { id, name })).filter((one) => one.hash === hash);
  const read = twins.find(({ state }) => state === "current" || state === "previous");
  const twin = read ?? twins[0];
  if (twin && (await readersNeed(client, schemas, generation, generation))) {
    await runAll(client, readerStatements(generation, twin, schemas, read ? "rows" : "live"));
  }
  if (!twin && readers === "dropReaders") {
    await runAll(client, dropReaderStatements(generation, schemas));
  }
  await dropOrphans(client, schemas, generation);
  await runAll(client, dropStatements(generation, schemas));
  await client.query(
    `delete from ${identifier(schemas.write)}.generation where id = ${generation.id}`,
  );
}

async function othersOf(
  client: ClientBase,
  schemas: Schemas,
  { id, name }: Pick<Generation, "id" | "name">,
) {
  return loadGenerations(client, schemas, `name = ${literal(name)} and id <> ${id}`);
}
