import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { hasPieces } from "../../../../../../test/harness/pieces.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

const grade = (code: string) => ({ code, name: code, sellable: true });
const defaults = ["N", "A", "B", "C", "D"];

test("a house decides, and what it does not name stays as it was", async () => {
  const first = await house.client.settings.changeSettings({ returnWindowDays: 60 });
  expect(first.data).toEqual({ version: 1, changed: true });
  expect(await house.journalOf(first)).toEqual([
    {
      ...{ kind: "TenantSettings", id: "default", version: 1, type: "SettingsChanged" },
      data: { returnWindowDays: 60 },
    },
  ]);
  const carriers = [{ name: "post", cutOff: "17:30" }];
  const second = await house.client.settings.changeSettings({ carriers });
  expect(second.data).toEqual({ version: 2, changed: true });
  const { data } = await house.client.settings.settingsInForce();
  expect(data).toMatchObject({ version: 2, returnWindowDays: 60, carriers, promises: {} });
});

test("deciding the same again changes nothing and says so", async () => {
  const carriers = [{ name: "van", cutOff: "09:00" }];
  const promises = { orderBoard: 500, binContents: 900 };
  const { data } = await house.client.settings.changeSettings({ carriers, promises });
  const again = await house.client.settings.changeSettings({ promises, carriers });
  expect(again.data).toEqual({ version: data.version, changed: false });
  expect(await house.journalOf(again)).toEqual([]);
});

test("a change that is sent again under the same command id is applied once", async () => {
  await house.answersOnce((options) =>
    house.client.settings.changeSettings({ returnWindowDays: 14 }, options),
  );
});

describe("grades", () => {
  test("may be replaced while nothing has them", async () => {
    const { settings } = house.elsewhere;
    await settings.changeSettings({ grades: [grade("new"), grade("worn")] });
    const { data } = await settings.settingsInForce();
    expect(data.grades.map(({ code, forbidsWear }) => [code, forbidsWear])).toEqual([
      ["new", false],
      ["worn", false],
    ]);
  });

  test("that a batch or a piece has may not vanish", async () => {
    await house.stocks("TEE", 1);
    await hasPieces(house, { lpn: "1", grade: "B" });
    const { settings } = house.client;
    const error = await house.refuses(
      () => settings.changeSettings({ grades: [grade("A"), grade("D")] }),
      "grade-in-use",
    );
    expect(error.details).toEqual({ grades: ["B", "N"] });
  });

  test("may be added and changed whatever has them", async () => {
    const grades = [...defaults, "X"].map((code) => ({ ...grade(code), name: `grade ${code}` }));
    const { data } = await house.client.settings.changeSettings({ grades });
    expect(data.changed).toBe(true);
  });
});

test("two who decide at the same moment are told of each other, or follow each other", async () => {
  const days = Array.from({ length: 8 }, (_, i) => 100 + i);
  const all = await Promise.allSettled(
    days.map((returnWindowDays) => house.client.settings.changeSettings({ returnWindowDays })),
  );
  const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
  expect(reasons).toEqual(reasons.map(() => "changed-in-between"));
  expect(reasons.length).toBeLessThan(days.length);
});

test.each([
  { grades: [] },
  { grades: [grade("A"), grade("A")] },
  { carriers: [{ name: "post", cutOff: "25:00" }] },
  { returnWindowDays: -1 },
  { promises: { orderBoard: 1 } },
  { lunch: "12:00" },
])("input with %o is not taken", async (odd) => {
  await expect(house.client.settings.changeSettings(odd)).rejects.toMatchObject({
    code: "BAD_INPUT",
  });
});

test("every aggregate's version is the number of its events", async () => {
  expect(await house.gaps()).toEqual([]);
});
