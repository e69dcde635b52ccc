import type { ClientBase, QueryResult } from "pg";
import type { ReadModel } from "./read-model.ts";
import { namesOf } from "./read-model-ddl.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { refreshedChannel } from "./signals.ts";

/** What one refresh of one read model did. */
export interface RefreshedReadModel {
  readonly name: string;
  /** Distinct stale keys recomputed, or rows read anew for a whole read model. */
  readonly keys: number;
  /** Age of the oldest change taken in, from being noted to being visible, in ms; null if none. */
  readonly lagMs: number | null;
}

/** What one refresh of a group did. */
export interface Refreshed {
  /** `busy`: another refresher has the group; `idle`: nothing was stale. */
  readonly outcome: "refreshed" | "busy" | "idle";
  readonly tookMs: number;
  readonly readModels: readonly RefreshedReadModel[];
}

/**
 * Refreshes a group once: one REPEATABLE READ transaction takes the group's row (skipping if
 * another refresher has it), recomputes what is stale, and stores the snapshot it saw. All read
 * models of the group so show that one instant, and a receipt is in exactly if that snapshot saw
 * its transaction.
 */
export async function refreshGroup(
  client: ClientBase,
  schemas: Schemas,
  group: string,
  models: readonly ReadModel[],
): Promise<Refreshed> {
  const started = performance.now();
  const took = () => Math.round((performance.now() - started) * 1000) / 1000;
  try {
    const merged = await mergeGroup(client, schemas, group, models);
    return { outcome: "refreshed", tookMs: took(), readModels: merged };
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    const { code } = error as { code?: string };
    if (code === "SV001") return { outcome: "busy", tookMs: took(), readModels: [] };
    if (code === "SV002") return { outcome: "idle", tookMs: took(), readModels: [] };
    if (code !== "SV003") throw error;
  }
  return rebuildGroup(client, schemas, group, models);
}

/**
 * The usual refresh, in one round trip: everything is decided in the database, which stops at the
 * first statement that fails. A round trip for each step would cost more than the steps, and the
 * more so the busier this process is. Whole read models and new ones take the longer way (SV003).
 */
async function mergeGroup(
  client: ClientBase,
  schemas: Schemas,
  group: string,
  models: readonly ReadModel[],
): Promise<RefreshedReadModel[]> {
  const write = identifier(schemas.write);
  const whole = models.some(({ maintain }) => maintain === "whole");
  const stale = models.map((model) => `exists (select from ${namesOf(model, schemas).stale})`);
  const merges = models.map((model) => {
    const { merge } = namesOf(model, schemas);
    return `select ${literal(model.name)} as name, * from ${merge}()`;
  });
  const take = `select ${write}.take_group(${literal(group)}, ${stale.join(" or ")}, ${whole})`;
  const results = (await client.query(
    whole
      ? `begin isolation level repeatable read; ${take}`
      : `begin isolation level repeatable read;
         ${take};
         with merged as materialized (${merges.join(" union all ")})
         update ${write}.refresh_group ${stampOf("(select sum(keys) from merged)")}
         where name = ${literal(group)}
         returning (select json_agg(merged) from merged) as merged;
         notify ${identifier(refreshedChannel)}, ${literal(group)};
         commit;
         ${nowMs}`,
  )) as unknown as QueryResult[];
  const [, , stamped, , , clock] = results;
  if (!stamped || !clock) throw new Error("A refresh answers its merges and the time.");
  const merged: { name: string; keys: number; oldest: number | null }[] = stamped.rows[0].merged;
  const visibleAtMs: number = clock.rows[0].now_ms;
  return merged.map(({ name, keys, oldest }) => ({
    name,
    keys,
    lagMs: lagOf(oldest, visibleAtMs),
  }));
}

const nowMs = "select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms";

/** Stores the snapshot that the refresh saw, and clears what had failed. */
function stampOf(keys: string): string {
  return `set snapshot = pg_current_snapshot(), as_of = now(), refreshed_at = clock_timestamp(),
    took_ms = extract(epoch from clock_timestamp() - now()) * 1000, keys = ${keys},
    refreshes = refreshes + 1, last_error = null, failing_since = null`;
}

function lagOf(notedAtMs: number | null, visibleAtMs: number): number | null {
  return notedAtMs === null ? null : Math.max(0, visibleAtMs - notedAtMs);
}

/** The longer way, step by step: fills new read models and refreshes whole ones. */
async function rebuildGroup(
  client: ClientBase,
  schemas: Schemas,
  group: string,
  models: readonly ReadModel[],
): Promise<Refreshed> {
  const started = performance.now();
  const took = () => Math.round((performance.now() - started) * 1000) / 1000;
  try {
    const states = await beginFenced(client, schemas, group, models);
    if (!states) {
      await client.query("rollback");
      return { outcome: "busy", tookMs: took(), readModels: [] };
    }
    const taken: Taken[] = [];
    for (const model of models) {
      taken.push(await refreshOne(client, schemas, model, states[model.name]));
    }
    const keys = taken.reduce((sum, one) => sum + one.keys, 0);
    const visibleAtMs = await stampAndCommit(client, schemas, group, keys);
    const readModels = taken.map(({ name, keys, notedAtMs }) => ({
      name,
      keys,
      lagMs: lagOf(notedAtMs, visibleAtMs),
    }));
    return { outcome: "refreshed", tookMs: took(), readModels };
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

interface Taken {
  readonly name: string;
  readonly keys: number;
  /** When the oldest change taken in was noted: database clock, ms since 1970. */
  readonly notedAtMs: number | null;
}

interface State {
  readonly built: boolean;
  readonly stale: boolean;
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
  models: readonly ReadModel[],
): Promise<Record<string, State> | undefined> {
  const write = identifier(schemas.write);
  const stale = models.map(
    (model) =>
      `when ${literal(model.name)} then exists (select from ${namesOf(model, schemas).stale})`,
  );
  const results = (await client.query(
    `begin isolation level repeatable read;
     select name from ${write}.refresh_group where name = ${literal(group)} for update skip locked;
     select name, built, case name ${stale.join(" ")} end as stale from ${write}.read_model
     where refresh_group = ${literal(group)}`,
  )) as unknown as QueryResult[];
  if (results[1]?.rows.length !== 1) return undefined;
  return Object.fromEntries((results[2]?.rows ?? []).map((row) => [row.name, row]));
}

/** Stores the snapshot, commits, and reads the database's clock once the rows are visible. */
async function stampAndCommit(
  client: ClientBase,
  schemas: Schemas,
  group: string,
  keys: number,
): Promise<number> {
  const results = (await client.query(
    `update ${identifier(schemas.write)}.refresh_group ${stampOf(String(keys))}
     where name = ${literal(group)};
     notify ${identifier(refreshedChannel)}, ${literal(group)};
     commit;
     ${nowMs}`,
  )) as unknown as QueryResult[];
  return results[3]?.rows[0].now_ms;
}

async function refreshOne(
  client: ClientBase,
  schemas: Schemas,
  model: ReadModel,
  state: State | undefined,
): Promise<Taken> {
  if (!state) throw new Error(`Read model ${model.name} is not installed; run the migration.`);
  if (state.built && !state.stale) return { name: model.name, keys: 0, notedAtMs: null };
  if (state.built && model.maintain === "byKey") return mergeStaleKeys(client, schemas, model);

  const notedAtMs = await takeNotes(client, schemas, model);
  const keys =
    model.maintain === "whole"
      ? await refreshWhole(client, schemas, model, state.built)
      : await fillByKey(client, schemas, model);
  if (!state.built) {
    const table = `${identifier(schemas.write)}.read_model`;
    await client.query(`update ${table} set built = true where name = $1`, [model.name]);
  }
  return { name: model.name, keys, notedAtMs };
}

async function mergeStaleKeys(
  client: ClientBase,
  schemas: Schemas,
  model: ReadModel,
): Promise<Taken> {
  const { rows } = await client.query<{ keys: number; oldest: number | null }>(
    `select * from ${namesOf(model, schemas).merge}()`,
  );
  return { name: model.name, keys: rows[0]?.keys ?? 0, notedAtMs: rows[0]?.oldest ?? null };
}

/** Fills a read model that was just declared; the caller has taken the notes it makes void. */
async function fillByKey(client: ClientBase, schemas: Schemas, model: ReadModel) {
  const { definition, rows } = namesOf(model, schemas);
  const columns = ["tenant", ...Object.keys(model.columns)].map(identifier).join(", ");
  await client.query(`delete from ${rows}`);
  const filled = await client.query(
    `insert into ${rows} (${columns}) select ${columns} from ${definition}`,
  );
  return filled.rowCount ?? 0;
}

async function refreshWhole(
  client: ClientBase,
  schemas: Schemas,
  model: ReadModel,
  built: boolean,
) {
  const { rows } = namesOf(model, schemas);
  // The first fill cannot be concurrent: there is nothing yet to compare with.
  await client.query(`refresh materialized view ${built ? "concurrently" : ""} ${rows}`);
  const counted = await client.query<{ n: number }>(`select count(*)::int as n from ${rows}`);
  return counted.rows[0]?.n ?? 0;
}

async function takeNotes(client: ClientBase, schemas: Schemas, model: ReadModel) {
  const { rows } = await client.query<{ oldest: number | null }>(
    `with noted as (delete from ${namesOf(model, schemas).stale} returning noted_at)
     select extract(epoch from min(noted_at))::float8 * 1000 as oldest from noted`,
  );
  return rows[0]?.oldest ?? null;
}
