import { expect, test } from "vitest";
import { type Webhooks, webhooksText } from "./webhooks.ts";

const subscription = {
  ...{ partner: "acme", url: "https://acme.example:8443/hooks?token=1", types: null, kinds: null },
  ...{ createdAt: "2026-01-05T10:00:00.000Z", createdBy: "acme" },
  ...{ paused: null, secretBeforeUntil: null },
};
const delivery = {
  ...{ position: "p1.00000000000a.1.1", delivered: 9, deliveredAt: null },
  ...{ failures: 0, failingSince: null, lastStatus: 204, lastError: null },
  ...{ nextAttemptAt: null, paused: false, lag: { events: 0, ms: 0, atLeast: false } },
};
const paused = { at: "2026-01-05T10:00:00.000Z", by: "selvedge", reason: "the receiver is gone" };
const all: Webhooks = {
  subscriptions: [
    { ...subscription, id: "a" },
    { ...subscription, id: "b" },
    { ...subscription, id: "c", paused },
  ],
  deliveries: [
    { ...delivery, id: "a" },
    {
      ...{ ...delivery, id: "b", failures: 3, lastError: "the receiver answered 500" },
      lag: { events: 4_999, ms: 61_000, atLeast: true },
    },
    { ...delivery, id: "c", failures: 1, lastError: "the receiver answered 410", paused: true },
  ],
};

test("each subscription is a line: its state, how far it is behind, and why", () => {
  const lines = webhooksText(all).split("\n");
  const [a, b, c] = ["a", "b", "c"].map((id) => lines.find((line) => line.startsWith(`│ ${id} `)));
  expect(a).toMatch(/acme +│ acme\.example:8443 │ told +│ 0 /);
  expect(b).toMatch(/failing \(3\) │ 4,999\+ │ 61\.0 s +│ the receiver answered 500/);
  expect(c).toMatch(/paused +│ 0 .*│ the receiver is gone +│/);
  // What stands in an address may be a secret.
  expect(lines.join("\n")).not.toContain("token");
});

test("no subscription is one line", () => {
  expect(webhooksText({ subscriptions: [], deliveries: [] })).toBe(
    "Nobody is told of events by webhook.",
  );
});
