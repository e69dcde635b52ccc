import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Bank, meanwhile, startBank } from "./bank.fixture.ts";
import type { Refusal } from "./refusals.ts";

/* Two commands meet on one aggregate: the second has read it when the first commits. */

let bank: Bank;
let name: string;
beforeAll(async () => {
  bank = await startBank();
});
beforeEach(async () => {
  name = randomUUID();
  await bank.send("open", { name });
  await bank.send("deposit", { name, amount: 100 });
  await conflicts();
  await bank.database.query("truncate selvedge.conflict_tally");
});
afterAll(() => bank.stop());

/** What was counted since the test began. */
async function conflicts() {
  const { pairs } = await bank.client.operations.conflicts({ span: "1h" });
  return pairs.map(({ command, other, reruns, refused }) => [command, other, reruns, refused]);
}

async function refusalOf(sent: Promise<unknown>): Promise<Refusal> {
  return sent.then(
    (answer) => expect.fail(`expected a refusal, got ${JSON.stringify(answer)}`),
    (error: unknown) => error as Refusal,
  );
}

const anna = { actor: "anna" };

describe("a command that commutes with what came between", () => {
  test("is run again on what that left, and nobody notices", async () => {
    meanwhile(() => bank.send("deposit", { name, amount: 20 }));
    const { data, repeated } = await bank.send("deposit", { name, amount: 3 });
    expect([data, repeated]).toEqual([{ balance: 123 }, false]);
    expect(await bank.account(name)).toEqual({
      balance: 123,
      version: 4,
      happened: ["Opened", "Deposited", "Deposited", "Deposited"],
    });
    expect(await conflicts()).toEqual([["bank.deposit", "bank.deposit", 1, 0]]);
  });

  test("is run again where that made the aggregate which it was about to make", async () => {
    const fresh = randomUUID();
    meanwhile(async () => {
      await bank.send("open", { name: fresh });
      await bank.send("deposit", { name: fresh, amount: 7 });
    });
    const { data } = await bank.send("open", { name: fresh });
    expect(data).toEqual({ balance: 7 });
    expect(await bank.account(fresh)).toMatchObject({ version: 2 });
    expect(await conflicts()).toEqual([
      ["bank.open", "bank.deposit", 1, 0],
      ["bank.open", "bank.open", 1, 0],
    ]);
  });

  test("gives up where it meets one in every run", async () => {
    const again = async () => {
      await bank.send("deposit", { name, amount: 1 });
      meanwhile(again);
    };
    meanwhile(again);
    const given = bank.send("deposit", { name, amount: 1_000 });
    await expect(given).rejects.toMatchObject({ code: "CONFLICT" });
    meanwhile(async () => undefined);
    expect(await bank.account(name)).toMatchObject({ balance: 106, version: 8 });
    expect(await conflicts()).toEqual([["bank.deposit", "bank.deposit", 5, 1]]);
  });
});

describe("a command that does not commute with what came between", () => {
  test("is refused, and told what of, which command, by whom, when and what", async () => {
    meanwhile(() => bank.send("withdraw", { name, amount: 60, note: "rent" }, anna));
    const refusal = await refusalOf(bank.send("deposit", { name, amount: 3 }));
    const [{ at } = { at: "" }] = await bank.database.query<{ at: string }>(
      `select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
       from selvedge.journal where id = $1 and version = 3`,
      [name],
    );
    expect(refusal).toMatchObject({ reason: "changed-in-between", kind: "conflict" });
    expect(refusal.message).toMatch(/in between\. Withdrawn by anna at 20[-0-9T:.]+Z\.$/);
    const withdrawn = { type: "Withdrawn", data: { amount: -60, note: "rent" } };
    const between = [{ command: "bank.withdraw", actor: "anna", at, happened: [withdrawn] }];
    expect(refusal.details).toEqual({
      aggregate: { kind: "Account", id: name },
      expectedVersion: 2,
      between,
      words: `Withdrawn by anna at ${at}`,
    });
    expect(Object.keys(refusal.details ?? {})).toEqual([
      ...["aggregate", "expectedVersion", "between", "words"],
    ]);
    expect(await bank.account(name)).toMatchObject({ balance: 40, version: 3 });
    expect(await conflicts()).toEqual([["bank.deposit", "bank.withdraw", 0, 1]]);
  });

  test("changes nothing at all, neither there nor elsewhere, and may be sent again", async () => {
    const to = randomUUID();
    await bank.send("open", { name: to });
    const commandId = randomUUID();
    const transfer = { from: name, to, amount: 10 };
    meanwhile(() => bank.send("deposit", { name: to, amount: 5 }));
    const refusal = await refusalOf(bank.send("transfer", transfer, { commandId }));
    expect(refusal.details).toMatchObject({ aggregate: { id: to }, expectedVersion: 1 });
    expect(await bank.account(name)).toMatchObject({ balance: 100, version: 2 });
    expect(await bank.account(to)).toMatchObject({ balance: 5, version: 2 });
    const log = await bank.database.query(
      "select from selvedge.command_log where command_id = $1",
      [commandId],
    );
    expect(log.length).toBe(0);

    const { repeated } = await bank.send("transfer", transfer, { commandId });
    expect(repeated).toBe(false);
    expect(await bank.account(to)).toMatchObject({ balance: 15, version: 3 });
  });

  test("is refused though others that came between commute; only what is in the way counts", async () => {
    meanwhile(async () => {
      await bank.send("deposit", { name, amount: 1 });
      await bank.send("withdraw", { name, amount: 1 }, anna);
    });
    const refusal = await refusalOf(bank.send("deposit", { name, amount: 3 }));
    const between = refusal.details?.between as { command: string }[];
    expect(between.map(({ command }) => command)).toEqual(["bank.deposit", "bank.withdraw"]);
    expect(await conflicts()).toEqual([["bank.deposit", "bank.withdraw", 0, 1]]);
  });

  test("is told of ten commands at most, and of facts that are short", async () => {
    const note = "x".repeat(10_000);
    meanwhile(async () => {
      for (let i = 0; i < 3; i += 1) await bank.send("deposit", { name, amount: 1 });
      for (let i = 0; i < 12; i += 1) await bank.send("withdraw", { name, amount: i, note }, anna);
    });
    const refusal = await refusalOf(bank.send("deposit", { name, amount: 3 }));
    const between = refusal.details?.between as { happened: object[] }[];
    const happened = [{ type: "Withdrawn", data: { amount: -9 }, leftOut: ["note"] }];
    expect(between.length).toBe(10);
    expect(between[9]).toMatchObject({ command: "bank.withdraw", happened });
    expect(refusal.details?.words).toMatch(/; 5 more$/);
    expect(JSON.stringify(refusal.details).length).toBeLessThan(5_000);
  });
});

test("a command that was applied in between under the same id answers as it did then", async () => {
  const commandId = randomUUID();
  const input = { name, amount: 4 };
  let first: unknown;
  meanwhile(async () => {
    first = await bank.send("withdraw", input, { commandId });
  });
  const again = await bank.send("withdraw", input, { commandId });
  expect(again).toEqual({ ...(first as object), repeated: true });
  expect(await bank.account(name)).toMatchObject({ balance: 96, version: 3 });
  expect(await conflicts()).toEqual([]);
});

test("a conflict that no command is behind is settled by running again", async () => {
  meanwhile(() =>
    bank.database.query(
      `with changed as (update selvedge.account set version = 3, balance = 50 where name = $1)
       insert into selvedge.journal (tenant, kind, id, version, type, data, partner, command_id,
         actor)
       values ('default', 'Account', $1, 3, 'Mended', '{}', 'none', 'none', 'someone')`,
      [name],
    ),
  );
  const { data } = await bank.send("withdraw", { name, amount: 4 });
  expect(data).toEqual({ balance: 46 });
  expect(await conflicts()).toEqual([]);
});

test.each(["40001", "40P01"])("what is nobody's fault (%s) is run again", async (code) => {
  meanwhile(() => Promise.reject(Object.assign(new Error("the database says so"), { code })));
  const { data } = await bank.send("withdraw", { name, amount: 4 });
  expect(data).toEqual({ balance: 96 });
  expect(await conflicts()).toEqual([]);
});
