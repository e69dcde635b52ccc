import type { ClientBase, QueryResult } from "pg";
import { codeOf, isOfTheRows, isOthersWork, messageOf } from "./database-errors.ts";
import { type Generation, generationsToRefresh, partsOf } from "./generation.ts";
import { forgetSettled, holdFailing, releaseDue } from "./held-keys.ts";
import type { RefreshSpan } from "./lag-stages.ts";
import type { TakenIn } from "./refresh.ts";
import { lagOf, nowMs, stampOf, startedMs } from "./refresh-stamp.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { refreshedChannel } from "./signals.ts";
import { swapIn } from "./swap.ts";

/**
 * The longer way of a refresh, step by step, each read model on its own: refreshes whole ones, sets
 * aside what fails, tries again what was set aside and is due, and puts ready generations in their
 * place. Answers undefined where another refresher has the group.
 */
export async function refreshCarefully(
  client: ClientBase,
  schemas: Schemas,
  group: string,
): Promise<TakenIn | undefined> {
  try {
    const generations = await beginFenced(client, schemas, group);
    if (!generations) {
      await client.query("rollback");
      return undefined;
    }
    const taken: (Taken & { isRead: boolean; tookMs: number })[] = [];
    const goes = ({ state, name, hash }: Generation) =>
      state === "current" &&
      generations.some((one) => one.state === "ready" && one.name === name && one.hash === hash);
    for (const generation of generations.filter((one) => !goes(one))) {
      const isRead = generation.state === "current" || generation.state === "ready";
      const started = performance.now();
      const one = await refreshOne(client, schemas, generation);
      await forgetSettled(client, schemas, generation);
      taken.push({ ...one, isRead, tookMs: performance.now() - started });
    }
    for (const generation of generations.filter(({ state }) => state === "ready")) {
      await swapOrWait(client, schemas, generation);
    }
    const keys = taken.reduce((sum, one) => sum + one.keys, 0);
    const span = await stampAndCommit(client, schemas, group, keys);
    const readModels = taken.map(({ notedAtMs, ...one }) => ({
      ...one,
      lagMs: lagOf(notedAtMs, span.visibleMs),
    }));
    return { readModels, span };
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

/**
 * Puts a generation in its place. Where something stands in the way that will not go by itself,
 * such as a view of the host's on a column that is gone, it waits, and its group goes on.
 */
async function swapOrWait(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  await client.query("savepoint swap");
  try {
    await swapIn(client, schemas, generation);
    await client.query("release savepoint swap");
  } catch (error) {
    if (isOthersWork(codeOf(error))) throw error;
    await client.query("rollback to savepoint swap");
    const { detail } = error as { detail?: string };
    await client.query(
      `update ${identifier(schemas.write)}.generation set state = 'waiting', error = $2,
         waiting_since = coalesce(waiting_since, clock_timestamp()) where id = $1`,
      [generation.id, [messageOf(error), detail].filter(Boolean).join(": ")],
    );
  }
}

/** What a refresh took in of one generation. */
export interface Taken {
  readonly name: string;
  readonly keys: number;
  /** When the oldest change taken in was noted: database clock, ms since 1970. */
  readonly notedAtMs: number | null;
  /** What made some or all of its keys be held. */
  readonly error?: unknown;
}

/**
 * Opens the transaction and takes the group's row in the same round trip. The fence is the first
 * statement, so the snapshot is taken there; a refresher that was stopped and resumed finds its
 * connection gone or the row locked, and never writes over newer rows.
 */
async function beginFenced(
  client: ClientBase,
  schemas: Schemas,
  group: string,
): Promise<Generation[] | undefined> {
  const results = (await client.query(
    `begin isolation level repeatable read;
     select from ${identifier(schemas.write)}.refresh_group
     where name = ${literal(group)} and paused_at is null for update skip locked`,
  )) as unknown as QueryResult[];
  if (results[1]?.rows.length !== 1) return undefined;
  return generationsToRefresh(client, schemas, group);
}

async function refreshOne(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<Taken> {
  await releaseDue(client, schemas, generation);
  await client.query("savepoint read_model");
  try {
    const { definition } = generation;
    const taken = await (definition.maintain === "whole" ? refreshWhole : mergeAll)(
      client,
      schemas,
      generation,
    );
    await client.query("release savepoint read_model");
    return taken;
  } catch (error) {
    if (!isOfTheRows(codeOf(error))) throw error;
    await client.query("rollback to savepoint read_model");
    return { ...(await holdFailing(client, schemas, generation, error)), error };
  }
}

async function mergeAll(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<Taken> {
  const { rows } = await client.query<{ keys: number; oldest: number | null }>(
    `select * from ${partsOf(generation, schemas).merge}(null, true)`,
  );
  return { name: generation.name, keys: rows[0]?.keys ?? 0, notedAtMs: rows[0]?.oldest ?? null };
}

async function refreshWhole(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<Taken> {
  const { stale, rows } = partsOf(generation, schemas);
  const { rows: noted } = await client.query<{ n: number; oldest: number | null }>(
    `with noted as (delete from ${stale} where not held returning noted_at)
     select count(*)::int as n, extract(epoch from min(noted_at))::float8 * 1000 as oldest
     from noted`,
  );
  const { n = 0, oldest = null } = noted[0] ?? {};
  if (n === 0) return { name: generation.name, keys: 0, notedAtMs: null };
  await client.query(`refresh materialized view concurrently ${rows}`);
  const counted = await client.query<{ n: number }>(`select count(*)::int as n from ${rows}`);
  return { name: generation.name, keys: counted.rows[0]?.n ?? 0, notedAtMs: oldest };
}

/** Stores the snapshot, commits, and reads the database's clock once the rows are visible. */
async function stampAndCommit(
  client: ClientBase,
  schemas: Schemas,
  group: string,
  keys: number,
): Promise<RefreshSpan> {
  const results = (await client.query(
    `update ${identifier(schemas.write)}.refresh_group ${stampOf(String(keys))}
     where name = ${literal(group)} returning ${startedMs};
     notify ${identifier(refreshedChannel)}, ${literal(group)};
     commit;
     ${nowMs}`,
  )) as unknown as QueryResult[];
  const [stamped, , , clock] = results;
  return { startedMs: stamped?.rows[0].started_ms, visibleMs: clock?.rows[0].now_ms };
}
