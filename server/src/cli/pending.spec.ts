import { expect, test } from "vitest";
import { type PendingKeys, pendingText } from "./pending.ts";

const key = (sku: string) => ({ tenant: "default", sku });
const answer: PendingKeys = {
  ...{ readModel: "stock", maintain: "byKey", changes: 1_204, oldestMs: 61_000, keys: 14 },
  atLeast: false,
  pending: [
    { key: key("TEE"), changes: 3, waitingMs: 61_000, held: true },
    { key: key("CAP"), changes: 1, waitingMs: 120, held: false },
  ],
  more: 12,
};

test("keys are listed under what is pending in all, and what is not listed is told", () => {
  const lines = pendingText(answer).split("\n");
  expect(lines[0]).toBe("1,204 changes of 14 keys pending for stock, the oldest for 61.0 s.");
  expect(lines.at(-1)).toBe("... and 12 more keys; --limit shows up to 500.");
  const text = lines.join("\n");
  expect(text).toMatch(/tenant +│ sku +│ changes │ waiting │ set aside/);
  expect(text).toMatch(/default │ TEE │ 3 +│ 61\.0 s +│ yes/);
  expect(text).toMatch(/default │ CAP │ 1 +│ 120 ms +│ +│/);
});

test("of more than are looked at it says so", () => {
  const [line] = pendingText({ ...answer, changes: 100_000, keys: 9_000, atLeast: true }).split(
    "\n",
  );
  expect(line).toContain("100,000 or more changes of 9,000 or more keys pending for stock");
});

test("a whole read model has no keys to list", () => {
  const whole = { ...answer, maintain: "whole" as const, keys: null, pending: [], more: 0 };
  expect(pendingText({ ...whole, changes: 1 })).toBe(
    "stock is refreshed whole and has no keys: 1 change pending, the oldest for 61.0 s.",
  );
});

test("nothing pending is one line", () => {
  const fresh = { ...answer, changes: 0, oldestMs: null, keys: 0, pending: [], more: 0 };
  expect(pendingText(fresh)).toBe("Nothing is pending for stock.");
});
