import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { startSelvedge } from "../../../test/harness/selvedge.ts";
import { readModels } from "../router.gen.ts";
import { migrate, pendingMigrations } from "./migrate.ts";
import { type ReadModel, readModel } from "./read-model.ts";
import { defaultSchemas } from "./schemas.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const subject = () => ({ databaseUrl: database.url, schemas: defaultSchemas, readModels });
const nothing = { migrations: [], readModels: [] };

test("an empty database lacks everything, and is told so without being changed", async () => {
  const empty = { ...subject(), databaseUrl: inject("clusterUrl") };
  for (let look = 0; look < 2; look += 1) {
    expect(await pendingMigrations(empty)).toEqual({
      migrations: [
        ...["0001-write-side", "0002-lag-history", "0003-read-model-costs", "0004-conflicts"],
        ...["0005-feed", "0006-logistics", "0007-webhooks", "0008-reported-times"],
        ...["0009-partner-use", "0010-commands-by-whom", "0011-host-listeners", "0012-releases"],
        "0013-readers",
      ],
      readModels: readModels.map(({ name }) => name),
    });
  }
});

test("a migrated database lacks nothing, and a process that only checks starts on it", async () => {
  expect(await pendingMigrations(subject())).toEqual(nothing);
  expect(await migrate(subject())).toEqual(nothing);
  const started = await startSelvedge({ migrate: "check" }, database);
  await started.stop();
});

test("two processes that migrate at once do it once", async () => {
  const [first] = readModels as readonly ReadModel[];
  if (!first) throw new Error("There are no read models.");
  const changed = readModel({ ...first, sql: `select * from (${first.sql}) as changed` });
  const newer = { ...subject(), readModels: [changed, ...readModels.slice(1)] };
  expect((await pendingMigrations(newer)).readModels).toEqual([changed.name]);
  const reports = await Promise.all([migrate(newer), migrate(newer)]);
  expect(reports.map((report) => report.readModels.length).sort()).toEqual([0, 1]);
  expect(await pendingMigrations(newer)).toEqual(nothing);
  // The older declaration is there as well, so a server of it starts beside the new one.
  expect(await pendingMigrations(subject())).toEqual(nothing);
});
