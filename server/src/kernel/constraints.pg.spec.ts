import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bank, startBank } from "./bank.fixture.ts";

let bank: Bank;
beforeAll(async () => {
  bank = await startBank();
});
afterAll(() => bank.stop());

async function opened(deposit = 0, more: object = {}): Promise<string> {
  const name = randomUUID();
  await bank.send("open", { name, ...more });
  if (deposit > 0) await bank.send("deposit", { name, amount: deposit });
  return name;
}

test("a check that is violated is the refusal that is declared for it, and nothing changes", async () => {
  const name = await opened(5);
  const before = await bank.account(name);
  const refused = bank.send("withdraw", { name, amount: 6 });
  await expect(refused).rejects.toMatchObject({ reason: "not-covered", kind: "conflict" });
  expect(await bank.account(name)).toEqual(before);
});

test("a foreign key that is violated is the refusal that is declared for it", async () => {
  const refused = opened(0, { owner: "nobody" });
  await expect(refused).rejects.toMatchObject({ reason: "owner-unknown", kind: "not-found" });
});

test("an exclusion that is violated is the refusal that is declared for it", async () => {
  await opened(0, { alias: "piggy" });
  await expect(opened(0, { alias: "piggy" })).rejects.toMatchObject({ reason: "alias-taken" });
});

test("a check without a refusal stays a failure that nobody declared", async () => {
  const name = await opened();
  const failed = bank.send("deposit", { name, amount: 1_000_001 });
  await expect(failed).rejects.toMatchObject({ code: "23514", constraint: "account_small" });
});

describe("a command sent again, though doing it twice would violate a check,", () => {
  test.each([
    ["that is declared", "withdraw", 1_000_000, 400_000],
    ["that nobody declared", "deposit", 0, 600_000],
  ] as const)("%s, answers as before", async (_, procedure, before, after) => {
    const name = await opened(before);
    const commandId = randomUUID();
    const input = { name, amount: 600_000 };
    const first = await bank.send(procedure, input, { commandId });
    const again = await bank.send(procedure, input, { commandId });
    expect(again).toEqual({ ...first, repeated: true });
    expect(await bank.account(name)).toMatchObject({ balance: after });
  });
});
