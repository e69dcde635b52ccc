import type { ClientBase } from "pg";
import { fillAtOnce } from "./fill.ts";
import {
  addGeneration,
  comingStates,
  definitionOf,
  type Generation,
  loadGenerations,
  type NewGeneration,
  readerViews,
} from "./generation.ts";
import { requireKeyedPlan } from "./key-plan.ts";
import { isKept, type KeptReadModel, type ReadModel } from "./read-model.ts";
import {
  createStatements,
  dropPlainNameStatements,
  liveStatements,
  readerStatements,
} from "./read-model-ddl.ts";
import { misfitOf } from "./reader-fit.ts";
import { showIfFit, takePlainName } from "./readers.ts";
import { refreshFunction } from "./refresh-function.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { dropGeneration } from "./swap.ts";
import { runAll } from "./transaction.ts";

// Below this a new read model is filled while its tables are locked anyway: nobody notices.
const smallBytes = 16 * 1024 * 1024;

/**
 * When a changed read model takes its place: as soon as it is built (`swap`), or, where it would
 * change what is read, once somebody has accepted that (`accept`).
 */
export type Releases = "swap" | "accept";

/** What refreshes and queries share: how a group is refreshed, and what queries may know of it. */
function sharedParts(schemas: Schemas): string[] {
  const write = identifier(schemas.write);
  const read = identifier(schemas.read);
  return [
    refreshFunction(schemas),
    `create or replace view ${read}.heartbeat as
       select max(heard_at) as heard_at from ${write}.refresher`,
    // A row that is stamped with a time was committed after it: whoever sees the row sees all that
    // was committed before that time.
    `create or replace view ${read}.seen_until as
       select greatest((select max(heard_at) from ${write}.refresher),
         (select max(as_of) from ${write}.refresh_group)) as at`,
    `grant select on ${read}.heartbeat, ${read}.seen_until to ${identifier(schemas.queryRole)}`,
  ];
}

/** The read models of which the database has never seen the declaration. */
export async function unseenReadModels(
  client: ClientBase,
  schemas: Schemas,
  models: readonly ReadModel[],
): Promise<ReadModel[]> {
  const known = await loadGenerations(client, schemas);
  const { rows } = await client.query<{ name: string }>(
    "select name from unnest($1::text[]) as name where to_regclass(name) is not null",
    [models.map((model) => readerViews(model, schemas).live)],
  );
  const views = new Set(rows.map(({ name }) => name));
  return models.filter((model) => {
    if (!isKept(model)) return !views.has(readerViews(model, schemas).live);
    return !known.some(({ name, hash }) => name === model.name && hash === model.hash);
  });
}

/**
 * Brings the database's read models to what the code declares. A declaration that the database has
 * never seen becomes a new generation: it is filled here if there is little to fill, else by the
 * refresher, beside the one that is read. One that is always computed live becomes a view, beside
 * that of any other declaration. Run it inside a transaction. Answers the names it touched.
 *
 * With `releases: "accept"` a new generation waits where it would change what is read, and its
 * readers are shown the rows of the one that is read, as far as these have their columns.
 */
export async function installReadModels(
  client: ClientBase,
  schemas: Schemas,
  models: readonly ReadModel[],
  releases: Releases = "swap",
): Promise<string[]> {
  await client.query(`set local search_path = ${identifier(schemas.write)}`);
  await runAll(client, sharedParts(schemas));
  const known = await loadGenerations(client, schemas);
  const groupsBefore = new Set(known.map(({ group }) => group));
  const unseen = await unseenReadModels(client, schemas, models);
  const isKnown = ({ name, hash, group }: KeptReadModel) =>
    known.some((one) => one.name === name && one.hash === hash && one.group === group);
  const changed = models.filter(
    (model) => unseen.includes(model) || (isKept(model) && !isKnown(model)),
  );
  const filled: Generation[] = [];
  for (const model of changed) {
    if (!isKept(model)) {
      await runAll(client, liveStatements(model, schemas));
      continue;
    }
    const replaces = known.find(({ name, state }) => name === model.name && state === "current");
    const named = known.filter(({ name }) => name === model.name);
    const coming = named.find(({ state }) => comingStates.includes(state));
    // It was declared and declared anew before it was ever read; what waits stays.
    if (coming) await dropUnread(client, schemas, coming, named);
    const generation = await createGeneration(client, schemas, {
      ...model,
      definition: definitionOf(model),
      needsAcceptance: releases === "accept",
    });
    // One that changes its group alone leaves its readers with what they have.
    const isRead = ({ hash, state }: Generation) =>
      hash === model.hash && (state === "current" || state === "previous");
    if (!named.some(isRead)) {
      if (generation.needsAcceptance && replaces) {
        await showIfFit(client, schemas, generation, replaces);
      } else await runAll(client, readerStatements(generation, generation, schemas, "live"));
    }
    if (replaces) continue;
    const isSmall = await isSmallEnough(client, schemas, generation);
    if (isSmall) {
      await fillAtOnce(client, schemas, generation);
      filled.push(generation);
    }
    const how = isSmall ? "rows" : "live";
    await takePlainName(client, schemas, generation, how);
  }
  await stampNewGroups(client, schemas, filled, groupsBefore);
  return changed.map(({ name }) => name);
}

/** Drops what was on its way; servers that declare it go on with what is read, if that fits. */
async function dropUnread(
  client: ClientBase,
  schemas: Schemas,
  coming: Generation,
  named: readonly Generation[],
): Promise<void> {
  const current = named.find(({ state }) => state === "current");
  // Before anything is read, the plain names stand for what is computed.
  if (!current) await runAll(client, dropPlainNameStatements(coming, schemas));
  const isOfItsOwn = !named.some((one) => one !== coming && one.hash === coming.hash);
  const fits =
    isOfItsOwn &&
    current !== undefined &&
    (await misfitOf(client, schemas, coming, current)) === undefined;
  if (fits) await runAll(client, readerStatements(coming, current, schemas, "rows"));
  await dropGeneration(client, schemas, coming, fits ? "keepReaders" : "dropReaders");
}

/** Registers a generation and creates its parts. */
export async function createGeneration(
  client: ClientBase,
  schemas: Schemas,
  wanted: NewGeneration,
): Promise<Generation> {
  await client.query(`set local search_path = ${identifier(schemas.write)}`);
  const generation = await addGeneration(client, schemas, wanted);
  await runAll(client, createStatements(generation, schemas));
  await requireKeyedPlan(client, schemas, generation);
  return generation;
}

async function isSmallEnough(client: ClientBase, schemas: Schemas, { definition }: Generation) {
  const tables = Object.keys(definition.staleOn).map(
    (table) => `${identifier(schemas.write)}.${identifier(table)}`,
  );
  const { rows } = await client.query<{ bytes: string }>(
    "select sum(pg_relation_size(name::regclass)) as bytes from unnest($1::text[]) as name",
    [tables],
  );
  return Number(rows[0]?.bytes) <= smallBytes;
}

/**
 * A group of which nothing was there before shows this very instant: its tables have been locked
 * since before they were read.
 */
async function stampNewGroups(
  client: ClientBase,
  schemas: Schemas,
  filled: readonly Generation[],
  groupsBefore: ReadonlySet<string>,
): Promise<void> {
  for (const group of new Set(filled.map(({ group }) => group))) {
    if (groupsBefore.has(group)) continue;
    await client.query(
      `update ${identifier(schemas.write)}.refresh_group
       set snapshot = pg_current_snapshot(), as_of = clock_timestamp() where name = ${literal(group)}`,
    );
  }
}
