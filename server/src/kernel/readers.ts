import type { ClientBase } from "pg";
import { codeOf } from "./database-errors.ts";
import { type Generation, partsOf, readerViews } from "./generation.ts";
import {
  dropPlainNameStatements,
  dropReaderStatements,
  plainNameStatements,
  readerStatements,
} from "./read-model-ddl.ts";
import { misfitOf } from "./reader-fit.ts";
import { identifier, type Schemas } from "./schemas.ts";
import { runAll } from "./transaction.ts";

/*
 * What servers of each declaration see: views named after its hash, on whatever generation. Those
 * of a declaration whose generation is gone may still be read; they are orphans, and go with what
 * they show.
 */

/** Whether one declaration's readers are shown the rows of a generation. */
export async function readersSee(
  client: ClientBase,
  schemas: Schemas,
  reader: Generation,
  generation: Generation,
): Promise<boolean> {
  return standOn(client, [readerViews(reader, schemas).rows], [partsOf(generation, schemas).rows]);
}

/** Whether one declaration's readers need any part of a generation. */
export async function readersNeed(
  client: ClientBase,
  schemas: Schemas,
  reader: Generation,
  generation: Generation,
): Promise<boolean> {
  const { rows, stale, definition } = partsOf(generation, schemas);
  return standOn(client, Object.values(readerViews(reader, schemas)), [rows, stale, definition]);
}

async function standOn(
  client: ClientBase,
  views: readonly string[],
  parts: readonly string[],
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from pg_depend as d join pg_rewrite as r on r.oid = d.objid
     where r.ev_class = any (select to_regclass(v) from unnest($1::text[]) as v)
       and d.refobjid = any (select to_regclass(p)::oid from unnest($2::text[]) as p) limit 1`,
    [views, parts],
  );
  return rowCount !== 0;
}

interface Showing {
  readonly readers: readonly Generation[];
  /** What they are to be shown no more. */
  readonly left: readonly Generation[];
  readonly shown: Generation;
}

/** Shows readers the rows of another generation, or else computes theirs. */
export async function showElsewhere(
  client: ClientBase,
  schemas: Schemas,
  { readers, left, shown }: Showing,
): Promise<void> {
  for (const reader of readers) {
    let seesLeft = false;
    for (const one of left) seesLeft ||= await readersSee(client, schemas, reader, one);
    if (!seesLeft) continue;
    await showIfFit(client, schemas, reader, shown);
  }
}

/** Shows readers the rows of another generation where these fit, or else computes theirs. */
export async function showIfFit(
  client: ClientBase,
  schemas: Schemas,
  reader: Generation,
  shown: Generation,
): Promise<void> {
  const fits = (await misfitOf(client, schemas, reader, shown)) === undefined;
  const statements = fits
    ? readerStatements(reader, shown, schemas, "rows")
    : readerStatements(reader, reader, schemas, "live");
  await runAll(client, statements);
}

/** Shows orphans of a generation the rows of a rebuild of it. */
export async function moveOrphans(
  client: ClientBase,
  schemas: Schemas,
  from: Generation,
  to: Generation,
): Promise<void> {
  for (const hash of await orphansOf(client, schemas, from)) {
    const { rows: view } = readerViews({ name: from.name, hash }, schemas);
    const { rows } = await client.query<{ column: string }>(
      `select attname as column from pg_attribute
       where attrelid = to_regclass($1) and attnum > 0 and attname <> 'tenant' order by attnum`,
      [view],
    );
    const definition = { ...to.definition, columns: rows.map(({ column }) => column) };
    const reader = { name: from.name, hash, definition };
    await runAll(client, readerStatements(reader, to, schemas, "rows"));
  }
}

/** Drops the views of orphans that are shown a generation. */
export async function dropOrphans(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<void> {
  const { name } = generation;
  for (const hash of await orphansOf(client, schemas, generation)) {
    await runAll(client, dropReaderStatements({ name, hash }, schemas));
  }
}

async function orphansOf(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
): Promise<string[]> {
  const { rows: shown, stale, definition } = partsOf(generation, schemas);
  const { rows } = await client.query<{ hash: string }>(
    `select distinct split_part(split_part(c.relname, '@', 2), ':', 1) as hash
     from pg_depend as d join pg_rewrite as r on r.oid = d.objid
     join pg_class as c on c.oid = r.ev_class
     where d.refobjid in (to_regclass($1), to_regclass($2), to_regclass($3))
       and c.relnamespace = $4::regnamespace and starts_with(c.relname, $5 || '@')
       and not exists (select from ${identifier(schemas.write)}.generation as g where g.name = $5
         and g.hash = split_part(split_part(c.relname, '@', 2), ':', 1))`,
    [shown, stale, definition, identifier(schemas.read), generation.name],
  );
  return rows.map(({ hash }) => hash);
}

/**
 * Gives a generation the read model's plain name, in the caller's transaction. Views of the host's
 * own that stand on it go on as long as its columns stay what they were, or some come after them.
 */
export async function takePlainName(
  client: ClientBase,
  schemas: Schemas,
  generation: Generation,
  how: "rows" | "live",
): Promise<void> {
  const statements = plainNameStatements(generation, schemas, how);
  await client.query("savepoint plain_name");
  try {
    await runAll(client, statements);
  } catch (error) {
    // Its columns are others, so it has to be made anew.
    const invalidTableDefinition = "42P16";
    if (codeOf(error) !== invalidTableDefinition) throw error;
    await client.query("rollback to savepoint plain_name");
    await runAll(client, [...dropPlainNameStatements(generation, schemas), ...statements]);
  }
  await client.query("release savepoint plain_name");
}
