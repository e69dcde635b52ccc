import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { readModels } from "../router.gen.ts";
import { migrate, pendingMigrations } from "./migrate.ts";
import { defaultSchemas } from "./schemas.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** What to migrate to, with a host's folder that has these files. */
function withFiles(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "selvedge-migrations-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const migrations = pathToFileURL(`${folder}/`);
  return { databaseUrl: database.url, schemas: defaultSchemas, readModels, migrations };
}

const threads = `
  create table thread (tenant text, colour text, facts jsonb, primary key (tenant, colour));
  insert into thread values ('t', 'red', '{"strong": true}');
  -- A statement of which not every driver knows what the question mark is.
  delete from thread where not facts ? 'strong';`;
const needles = "create table needle (thread text); insert into needle select colour from thread";

test("a host's files run once, by name, in the schema of the write side", async () => {
  const first = { "0001-threads.sql": threads, "notes.txt": "not for the database" };
  expect((await pendingMigrations(withFiles(first))).migrations).toEqual(["0001-threads"]);
  expect(await migrate(withFiles(first))).toEqual({ migrations: ["0001-threads"], readModels: [] });

  const both = { "0002-needles.sql": needles, ...first };
  expect((await pendingMigrations(withFiles(both))).migrations).toEqual(["0002-needles"]);
  const reports = await Promise.all([migrate(withFiles(both)), migrate(withFiles(both))]);
  expect(reports.flatMap(({ migrations }) => migrations)).toEqual(["0002-needles"]);
  expect(await pendingMigrations(withFiles(both))).toEqual({ migrations: [], readModels: [] });
  expect(await database.query("select thread from selvedge.needle")).toEqual([{ thread: "red" }]);
});

test("a host that knows of none is not told of those that have run", async () => {
  const own = { databaseUrl: database.url, schemas: defaultSchemas, readModels };
  expect(await pendingMigrations(own)).toEqual({ migrations: [], readModels: [] });
  expect(await migrate(own)).toEqual({ migrations: [], readModels: [] });
});

test("a file that fails leaves nothing, and is still to be run", async () => {
  const files = { "0003-pins.sql": "create table pin (); select nothing from nowhere;" };
  await expect(migrate(withFiles(files))).rejects.toThrow('relation "nowhere" does not exist');
  expect((await pendingMigrations(withFiles(files))).migrations).toEqual(["0003-pins"]);
  const [pin] = await database.query("select to_regclass('selvedge.pin') as found");
  expect(pin).toEqual({ found: null });
});

test("a file whose name gives it no place in the order is not run", async () => {
  await expect(migrate(withFiles({ "pins.sql": "create table pin ()" }))).rejects.toThrow(
    "pins.sql: expected a name like 0001-repair-jobs.sql.",
  );
});
