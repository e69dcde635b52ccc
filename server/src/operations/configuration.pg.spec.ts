import { migrations } from "@selvedge/migrations";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../test/harness/house.ts";
import { selvedgeApplication } from "../application.ts";
import { servedOf } from "../contract/served.ts";
import { serverVersion } from "../version.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const look = () => house.client.operations.configuration();

test("a house that has decided nothing has changed nothing", async () => {
  expect((await look()).changes).toEqual([]);
});

test("who changed which of the settings stands there, the newest first, for this house alone", async () => {
  await house.client.settings.changeSettings({ returnWindowDays: 60 });
  const last = await house.client.settings.changeSettings({ carriers: [], promises: { a: 500 } });
  await house.elsewhere.settings.changeSettings({ returnWindowDays: 7 });
  const { changes } = await look();
  expect(changes.map(({ version, names }) => [version, names])).toEqual([
    [2, ["carriers", "promises"]],
    [1, ["returnWindowDays"]],
  ]);
  expect(changes[0]).toMatchObject({ actor: "spec", commandId: last.commandId });
});

test("what the process runs on is told, and nothing that is secret", async () => {
  const answer = await look();
  expect(answer.process).toMatchObject({
    ...{
      server: serverVersion,
      contract: servedOf(selvedgeApplication).contractHash(),
      runtime: process.version,
    },
    ...{ roles: ["command", "query", "refresh", "admin"], live: [] },
    schemas: { write: "selvedge", read: "selvedge_read", jobs: "selvedge_jobs" },
  });
  expect(answer.process.pools.map(({ name, max }) => [name, max])).toEqual([
    ["command", 10],
    ["query", 10],
    ["operations", 2],
  ]);
  expect(answer.database.migration).toBe(migrations.at(-1)?.name);
  expect(answer.refreshers).toMatchObject([{ pid: process.pid }]);
  const { password, hostname, port } = new URL(house.database.url);
  for (const secret of [password, `${hostname}:${port}`, house.database.url].filter(Boolean)) {
    expect(JSON.stringify(answer)).not.toContain(secret);
  }
});
