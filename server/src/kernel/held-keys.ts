import type { ClientBase } from "pg";
import { codeOf, isOfTheRows, messageOf } from "./database-errors.ts";
import { type Generation, partsOf } from "./generation.ts";
import type { Taken } from "./refresh-carefully.ts";
import { identifier, type Schemas, sameKey } from "./schemas.ts";

/*
 * A key whose rows cannot be computed is held: its notes stay where they are, marked, so that
 * pending, lag and receipts go on counting them; the other keys go on. It is tried again later.
 */

type Key = Readonly<Record<string, unknown>>;

// Finding one bad key among a thousand takes some twenty tries; many bad ones take more, and what
// is not tried in time is held with the rest and sorted out when it is due.
const searchMs = 5_000;
const keysMax = 5_000;
const retrySecondsMin = 5;
const retrySecondsMax = 600;

/**
 * After a refresh has failed, finds by bisection which of a generation's keys make it fail, holds
 * them and merges the others. A whole read model is held whole. Answers what was taken in.
 */
export async function holdFailing(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
  error: unknown,
): Promise<Taken> {
  const search = new Search(client, schemas, generation);
  if (generation.definition.maintain === "whole") await search.hold([{}], error);
  else {
    await search.holdKnown();
    const keys = await search.staleKeys();
    if (keys.length > 0) await search.halve(keys);
  }
  return { name: generation.name, keys: search.keys, notedAtMs: search.oldest };
}

/** Lets the notes of held keys that are due be tried again. */
export async function releaseDue(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  const held = `${identifier(schemas.write)}.held_key`;
  const due = `h.generation = ${generation.id} and h.retry_at <= now()`;
  const { stale } = partsOf(generation, schemas);
  await client.query(
    generation.definition.maintain === "whole"
      ? `update ${stale} set held = false where held
         and exists (select from ${held} as h where ${due})`
      : `update ${stale} as s set held = false
         from ${held} as h, jsonb_populate_record(null::${stale}, h.key) as k
         where s.held and ${due} and ${sameKey(generation.definition.key, "s", "k")}`,
  );
}

/** Forgets held keys of which nothing is held any more. */
export async function forgetSettled(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  const { stale } = partsOf(generation, schemas);
  const still =
    generation.definition.maintain === "whole"
      ? "s.held"
      : `s.held and ${sameKey(generation.definition.key, "s", "k")}`;
  await client.query(
    `delete from ${identifier(schemas.write)}.held_key as h
     where h.generation = ${generation.id} and not exists (
       select from ${stale} as s, jsonb_populate_record(null::${stale}, h.key) as k where ${still})`,
  );
}

class Search {
  keys = 0;
  oldest: number | null = null;
  readonly #client: ClientBase;
  readonly #schemas: Schemas;
  readonly #generation: Generation;
  readonly #until = performance.now() + searchMs;

  constructor(client: ClientBase, schemas: Schemas, generation: Generation) {
    this.#client = client;
    this.#schemas = schemas;
    this.#generation = generation;
  }

  /** Keys that are held and not due are not tried for a new note of theirs. */
  async holdKnown(): Promise<void> {
    const { stale } = partsOf(this.#generation, this.#schemas);
    await this.#client.query(
      `update ${stale} as s set held = true
       from ${identifier(this.#schemas.write)}.held_key as h,
         jsonb_populate_record(null::${stale}, h.key) as k
       where not s.held and h.generation = ${this.#generation.id} and h.retry_at > now()
         and ${sameKey(this.#generation.definition.key, "s", "k")}`,
    );
  }

  async staleKeys(): Promise<Key[]> {
    const { stale, key } = partsOf(this.#generation, this.#schemas);
    const { rows } = await this.#client.query<{ key: Key }>(
      `select to_jsonb(k) as key from (
         select distinct ${key} from ${stale} where not held limit ${keysMax}) as k`,
    );
    return rows.map((row) => row.key);
  }

  /** Merges these keys; of those that fail, one half and then the other. */
  async halve(keys: readonly Key[]): Promise<void> {
    const error = await this.#merge(keys);
    if (error === undefined) return;
    if (keys.length === 1 || performance.now() > this.#until) return this.hold(keys, error);
    const half = Math.ceil(keys.length / 2);
    await this.halve(keys.slice(0, half));
    await this.halve(keys.slice(half));
  }

  /** Holds the notes of these keys, with the error and the next try. */
  async hold(keys: readonly Key[], error: unknown): Promise<void> {
    const { stale } = partsOf(this.#generation, this.#schemas);
    const { maintain, key } = this.#generation.definition;
    const keysJson = JSON.stringify(keys);
    const holdAll = `update ${stale} as s set held = true where not s.held`;
    if (maintain === "whole") await this.#client.query(holdAll);
    else {
      await this.#client.query(
        `${holdAll} and exists (select from jsonb_populate_recordset(null::${stale}, $1) as k
           where ${sameKey(key, "s", "k")})`,
        [keysJson],
      );
    }
    await this.#client.query({
      text: `insert into ${identifier(this.#schemas.write)}.held_key as h
          (generation, key, error, retry_at)
        select ${this.#generation.id}, key, $2, now() + interval '${retrySecondsMin} s'
        from jsonb_array_elements($1) as key
        on conflict (generation, key) do update set error = excluded.error, tries = h.tries + 1,
          retry_at = now() + least(${retrySecondsMax},
            ${retrySecondsMin} * 2 ^ least(h.tries, 10)) * interval '1 s'`,
      values: [keysJson, messageOf(error)],
    });
  }

  async #merge(keys: readonly Key[]): Promise<unknown> {
    const { merge } = partsOf(this.#generation, this.#schemas);
    await this.#client.query("savepoint part");
    try {
      const { rows } = await this.#client.query<{ keys: number; oldest: number | null }>({
        text: `select * from ${merge}($1, true)`,
        values: [JSON.stringify(keys)],
      });
      await this.#client.query("release savepoint part");
      this.keys += rows[0]?.keys ?? 0;
      const oldest = rows[0]?.oldest ?? null;
      if (oldest !== null) this.oldest = Math.min(oldest, this.oldest ?? oldest);
      return undefined;
    } catch (error) {
      if (!isOfTheRows(codeOf(error))) throw error;
      await this.#client.query("rollback to savepoint part");
      return error;
    }
  }
}
