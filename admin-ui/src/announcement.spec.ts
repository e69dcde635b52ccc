import { expect, test } from "vitest";
import { ANNOUNCE_EVERY_MS, nextAnnouncement } from "./announcement.ts";

const fresh = "All 12 read models fresh, oldest data 0.4 s";
const said = { text: fresh, saidAt: 1_000 };

test("the first sentence is said", () => {
  expect(nextAnnouncement(null, fresh, 1_000)).toEqual(said);
});

test("a sentence in which only numbers and their units moved is not said again", () => {
  const later = "All 12 read models fresh, oldest data 38 ms";
  expect(nextAnnouncement(said, later, 1_000 + 10 * ANNOUNCE_EVERY_MS)).toBe(said);
});

test("a new state is said once the last announcement is long enough ago", () => {
  const behind = "orderBoard is 48 s behind";
  expect(nextAnnouncement(said, behind, 1_000 + ANNOUNCE_EVERY_MS - 1)).toBe(said);
  expect(nextAnnouncement(said, behind, 1_000 + ANNOUNCE_EVERY_MS)).toEqual({
    text: behind,
    saidAt: 1_000 + ANNOUNCE_EVERY_MS,
  });
});

test("after an alert the state is said again, even if it is the one from before", () => {
  const silent = nextAnnouncement(said, "", 2_000);
  expect(silent.text).toBe("");
  expect(nextAnnouncement(silent, fresh, 1_000 + ANNOUNCE_EVERY_MS).text).toBe(fresh);
});
