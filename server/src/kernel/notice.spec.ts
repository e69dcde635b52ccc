import { expect, test } from "vitest";
import { Notice } from "./notice.ts";

test("a ring while nobody waits wakes the next wait at once", async () => {
  const notice = new Notice();
  notice.ring();
  notice.ring();
  expect(await notice.wait(60_000)).toBe(true);
  expect(await notice.wait(0)).toBe(false);
});

test("a ring wakes the one who waits", async () => {
  const notice = new Notice();
  const waited = notice.wait(60_000);
  notice.ring();
  expect(await waited).toBe(true);
});

test("a wait ends by itself", async () => {
  expect(await new Notice().wait(1)).toBe(false);
});
