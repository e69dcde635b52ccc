import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { defaultSettings, type HouseSettings } from "./inputs.ts";
import { TenantSettings } from "./tenant-settings.ts";

const post = { name: "post", cutOff: "17:30" };
const grade = (code: string) => ({ code, name: code, sellable: true, forbidsWear: false });
const settings: HouseSettings = {
  grades: [grade("N"), grade("X")],
  returnWindowDays: 60,
  carriers: [post],
  promises: { orderBoard: 500, binContents: 900 },
};
const names = Object.keys(settings) as (keyof HouseSettings)[];

/** A house that has decided on this, as it stands in the database. */
function aHouse(decided: Partial<HouseSettings> = settings): TenantSettings {
  return Object.assign(TenantSettings.undecided("t"), { settings: decided, version: 1 });
}

test("a house stands in the journal under its tenant", () => {
  expect(aHouse().journalKey()).toEqual({ kind: "TenantSettings", id: "t" });
});

test("for a house that has decided nothing the defaults hold", () => {
  expect(TenantSettings.undecided("t")).toMatchObject({ version: 0, inForce: defaultSettings });
});

describe.each(names)("deciding on %s", (name) => {
  const changes = { [name]: settings[name] };

  test("says that and nothing else, and leaves the rest to the defaults", () => {
    const { events, it } = given(TenantSettings.undecided("t"))
      .when((house) => house.decide(changes))
      .thenHappened("SettingsChanged");
    expect(events[0]?.data).toEqual(changes);
    expect(it.inForce).toEqual({ ...defaultSettings, ...changes });
  });

  test("leaves alone what was decided before", () => {
    const { [name]: _, ...before } = settings;
    const { it } = given(aHouse(before))
      .when((house) => house.decide(changes))
      .thenHappened("SettingsChanged");
    expect(it.inForce).toEqual(settings);
  });

  test("the same again is no news", () => {
    given(aHouse())
      .when((house) => house.decide(changes))
      .thenNothing();
  });
});

test.each([
  ["nothing", {}],
  ["what is not said", { carriers: undefined }],
  ["the same promises in another order", { promises: { binContents: 900, orderBoard: 500 } }],
])("deciding on %s is no news", (_, changes) => {
  given(aHouse())
    .when((house) => house.decide(changes))
    .thenNothing();
});

test("the order of grades is part of what is decided", () => {
  given(aHouse())
    .when((house) => house.decide({ grades: settings.grades.toReversed() }))
    .thenHappened("SettingsChanged");
});

test("saying what holds by default is a decision: it stays if the defaults change", () => {
  given(TenantSettings.undecided("t"))
    .when((house) => house.decide({ returnWindowDays: defaultSettings.returnWindowDays }))
    .thenHappened("SettingsChanged");
});

describe("grades that would no longer hold", () => {
  test.each([
    ["all that are not named", aHouse(), [grade("A")], ["N", "X"]],
    ["none where one is added", aHouse(), [...settings.grades, grade("A")], []],
    ["none where one is only renamed", aHouse(), [grade("X"), { ...grade("N"), name: "new" }], []],
    ["defaults", TenantSettings.undecided("t"), [grade("N"), grade("A")], ["B", "C", "D"]],
  ])("are %s", (_, house, grades, expected) => {
    expect(house.gradesWithout({ grades })).toEqual(expected);
  });

  test("are none where nobody speaks of grades", () => {
    expect(aHouse().gradesWithout({ returnWindowDays: 1 })).toEqual([]);
  });
});
