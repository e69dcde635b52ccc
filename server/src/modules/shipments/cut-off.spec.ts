import { expect, test } from "vitest";
import { defaultSettings } from "../settings/inputs.ts";
import { nextCutOff } from "./cut-off.ts";

const settings = { ...defaultSettings, carriers: [{ name: "DHL", cutOff: "17:30" }] };
const at = (time: string) => new Date(`2026-03-02T${time}Z`);

test.each([
  ["in the morning it is today's", "08:00:00", "2026-03-02T17:30:00.000Z"],
  ["to the minute it is today's", "17:30:00", "2026-03-02T17:30:00.000Z"],
  ["a moment later it is tomorrow's", "17:30:01", "2026-03-03T17:30:00.000Z"],
])("the next cut-off: %s", (_, time, cutOff) => {
  expect(nextCutOff(settings, "DHL", at(time))?.toISOString()).toBe(cutOff);
});

test("a carrier that has none, and no carrier, have no cut-off", () => {
  expect(nextCutOff(settings, "Post", at("08:00:00"))).toBe(null);
  expect(nextCutOff(settings, null, at("08:00:00"))).toBe(null);
});
