import { afterAll, beforeAll, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const defaults = { returnWindowDays: 30, carriers: [], promises: {} };

test("for a house that has decided nothing there is no row, and the defaults hold", async () => {
  const { data } = await house.elsewhere.settings.houseSettings();
  expect(data.rows).toEqual([]);
  const { data: held } = await house.elsewhere.settings.settingsInForce();
  expect(held).toMatchObject({ version: 0, ...defaults });
  expect(held.grades.map(({ code }) => code)).toEqual(["N", "A", "B", "C", "D"]);
});

test("a house sees what it has decided, with defaults for the rest", async () => {
  const promises = { binContents: 500 };
  await house.client.settings.changeSettings({ promises });
  const { data } = await house.client.settings.houseSettings();
  expect(data.rows).toMatchObject([{ version: 1, ...defaults, promises }]);
  const { data: held, freshness } = await house.client.settings.settingsInForce();
  expect(held).toEqual(data.rows[0]);
  expect(freshness.includesReceipt).toBe(true);
});

test("only what was decided last is there", async () => {
  await house.client.settings.changeSettings({ returnWindowDays: 7 });
  const { data } = await house.client.settings.houseSettings();
  expect(data.rows.map(({ version }) => version)).toEqual([2]);
  expect(data.rows[0]).toMatchObject({ returnWindowDays: 7, promises: { binContents: 500 } });
});

test("another house goes on with its own", async () => {
  const { data } = await house.elsewhere.settings.settingsInForce();
  expect(data).toMatchObject({ version: 0, ...defaults });
});

test("a row has one key, and the rows are what the definition says", async () => {
  expect(await house.uniqueKeysOf("house_settings")).toEqual(["tenant, version"]);
  expect(await house.differences("house_settings")).toEqual([]);
});
