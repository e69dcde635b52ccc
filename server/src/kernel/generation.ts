import type { ClientBase } from "pg";
import type { KeptReadModel } from "./read-model.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/*
 * What code declares is a read model; what a database holds of it are generations. A changed
 * declaration, or a rebuild, makes a new generation beside the one that is read, and takes its
 * place when it is as fresh. Refreshers work from this registry and never from the code, so that
 * each keeps fresh whatever servers of any version read. Of a read model that is always computed
 * live there is nothing to keep, and so no generation: there is one view a declaration.
 */

/** What of a declaration the database has to know. */
export interface Definition {
  readonly maintain: "byKey" | "whole";
  readonly sql: string;
  /** Columns of the key, `tenant` first. */
  readonly key: readonly string[];
  /** Columns that callers see, without `tenant`. */
  readonly columns: readonly string[];
  /** Columns of further indexes; `desc` after the name where the greatest value comes first. */
  readonly indexes: readonly (readonly string[])[];
  /** Write table to the query that yields stale keys; for a whole read model the text is empty. */
  readonly staleOn: Readonly<Record<string, string>>;
  readonly freshWithinMs: number;
}

/**
 * `building`: its rows are being filled in; `filled`: refreshes include it; `waiting`: it would
 * change what is read, and somebody has to accept that; `ready`: it may take its place; `current`:
 * it is read; `previous`: it was, and is kept fresh for a return.
 */
export type GenerationState = "building" | "filled" | "waiting" | "ready" | "current" | "previous";

/** The states of a generation that is on its way by itself; a read model has one at most. */
export const comingStates: readonly GenerationState[] = ["building", "filled", "ready"];

/** One generation of a read model. */
export interface Generation {
  readonly id: number;
  readonly name: string;
  readonly hash: string;
  readonly group: string;
  readonly state: GenerationState;
  readonly definition: Definition;
  /** Whether it waits to be accepted where it would change what is read. */
  readonly needsAcceptance: boolean;
  /** Whether its rows have been compared with those that are read, since that was last asked. */
  readonly isCompared: boolean;
}

/** What of a generation is decided when it is made. */
export type NewGeneration = Omit<Generation, "id" | "state" | "isCompared">;

/** Whether a build is to bring it a step further. */
export function isToAdvance({ state, isCompared }: Generation): boolean {
  return state === "building" || state === "filled" || (state === "waiting" && !isCompared);
}

/** What a declaration says to the database. */
export function definitionOf(model: KeptReadModel): Definition {
  const { maintain, sql, key, columns, indexes = [], staleOn, freshWithinMs } = model;
  const tables =
    maintain === "byKey"
      ? (staleOn as Readonly<Record<string, string>>)
      : Object.fromEntries((staleOn as readonly string[]).map((table) => [table, ""]));
  return {
    ...{ maintain, sql, key, indexes, freshWithinMs },
    columns: Object.keys(columns),
    staleOn: tables,
  };
}

/** Where the parts of a generation live, quoted. */
export interface GenerationNames {
  /** View: the defining query. */
  readonly definition: string;
  /** Table: keys that went stale, each with the transaction that did it. */
  readonly stale: string;
  /** Table or materialized view: the rows. */
  readonly rows: string;
  /** Function that takes in what is stale; by-key read models have one. */
  readonly merge: string;
  /** The key's columns, as a list. */
  readonly key: string;
  /** All columns, `tenant` first, as a list. */
  readonly columns: string;
}

/** The quoted names of a generation's parts. */
export function partsOf(
  { id, name, definition }: Pick<Generation, "id" | "name" | "definition">,
  schemas: Schemas,
): GenerationNames {
  const write = identifier(schemas.write);
  const numbered = (part: string) => `${write}.${identifier(`${part}_${name}_${id}`)}`;
  return {
    definition: numbered("def"),
    stale: numbered("stale"),
    rows: `${identifier(schemas.read)}.${identifier(`${name}_${id}`)}`,
    merge: numbered("merge"),
    key: definition.key.map(identifier).join(", "),
    columns: ["tenant", ...definition.columns].map(identifier).join(", "),
  };
}

/** The views by which a server of one declaration reads, whatever generation is behind them. */
export interface ReaderViews {
  readonly rows: string;
  /** The defining query; the view runs with its owner's rights. */
  readonly live: string;
  /** What is noted and not in yet. */
  readonly pending: string;
  /** One row: whether rows are computed live, and the snapshot that they show. */
  readonly state: string;
}

/** The quoted names of the views for servers with this declaration. */
export function readerViews(
  { name, hash }: Pick<Generation, "name" | "hash">,
  schemas: Schemas,
): ReaderViews {
  const read = identifier(schemas.read);
  const view = (suffix: string) => `${read}.${identifier(`${name}@${hash}${suffix}`)}`;
  return { rows: view(""), live: view(":live"), pending: view(":pending"), state: view(":state") };
}

const selected = `id, name, hash, refresh_group as "group", state, definition,
  needs_acceptance as "needsAcceptance", compared_at is not null as "isCompared"`;

/** All generations, the oldest first. */
export async function loadGenerations(
  client: Pick<ClientBase, "query">,
  schemas: Schemas,
  where = "true",
): Promise<Generation[]> {
  const { rows } = await client.query<Generation>(
    `select ${selected} from ${identifier(schemas.write)}.generation where ${where} order by id`,
  );
  return rows;
}

/** The generations that a refresh of a group includes. */
export function generationsToRefresh(client: ClientBase, schemas: Schemas, group: string) {
  return loadGenerations(
    client,
    schemas,
    `refresh_group = ${literal(group)} and state <> 'building'`,
  );
}

/** Registers a new generation; its parts are still to be created. */
export async function addGeneration(
  client: ClientBase,
  schemas: Schemas,
  { name, hash, group, definition, needsAcceptance }: NewGeneration,
): Promise<Generation> {
  const write = identifier(schemas.write);
  await client.query(
    `insert into ${write}.refresh_group (name) values (${literal(group)}) on conflict do nothing`,
  );
  const { rows } = await client.query<Generation>(
    `insert into ${write}.generation
       (name, hash, refresh_group, definition, needs_acceptance, state)
     values ($1, $2, $3, $4, $5, 'building') returning ${selected}`,
    [name, hash, group, JSON.stringify(definition), needsAcceptance],
  );
  const [made] = rows;
  if (!made) throw new Error("A generation was not registered.");
  return made;
}

/** Moves a generation on in its life. */
export async function setState(
  client: ClientBase,
  schemas: Schemas,
  { id }: Pick<Generation, "id">,
  state: GenerationState,
): Promise<void> {
  await client.query(
    `update ${identifier(schemas.write)}.generation set state = ${literal(state)},
       current_since = case when ${literal(state)} = 'current' then clock_timestamp()
         else current_since end
     where id = ${id}`,
  );
}
