import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Account, type Bank, startBank } from "./bank.fixture.ts";
import type { FindOptions } from "./entity-query.ts";
import { UnitOfWork } from "./unit-of-work.ts";

let bank: Bank;
const open: UnitOfWork[] = [];
beforeAll(async () => {
  bank = await startBank();
  for (const name of ["a", "b", "c", "d"]) await bank.send("open", { name });
});
afterEach(() => Promise.all(open.splice(0).map((uow) => uow.rollback())));
afterAll(() => bank.stop());

function begin(): UnitOfWork {
  const { engine, identity } = bank;
  const uow = new UnitOfWork(engine.em, engine.sessions, identity);
  open.push(uow);
  return uow;
}

const names = async (uow: UnitOfWork, where: object, options: FindOptions) =>
  (await uow.find(Account, where, options)).map(({ name }) => name);
const byName = { orderBy: { name: "asc" } } as const;

describe("at most so many rows", () => {
  test("are the first in the order that is asked for", async () => {
    const uow = begin();
    expect(await names(uow, {}, { ...byName, limit: 2 })).toEqual(["a", "b"]);
    expect(await names(uow, {}, { orderBy: { name: "desc" }, limit: 1 })).toEqual(["d"]);
    expect(await names(uow, {}, { ...byName, limit: 9 })).toEqual(["a", "b", "c", "d"]);
  });

  test("are counted among those that match", async () => {
    const among = { name: ["b", "d", "nobody"] };
    expect(await names(begin(), among, { ...byName, limit: 1 })).toEqual(["b"]);
  });
});

describe("rows that others hold", () => {
  test("are left out where that is asked for, and others come in their place", async () => {
    const taking = { ...byName, lock: true, skipLocked: true, limit: 2 };
    expect(await names(begin(), {}, taking)).toEqual(["a", "b"]);
    expect(await names(begin(), {}, taking)).toEqual(["c", "d"]);
    expect(await names(begin(), {}, taking)).toEqual([]);
  });

  test("are there again once they are let go of", async () => {
    const holder = begin();
    const taking = { ...byName, lock: true, skipLocked: true };
    expect(await names(holder, { name: "a" }, taking)).toEqual(["a"]);
    expect(await names(begin(), { name: "a" }, taking)).toEqual([]);
    await holder.rollback();
    open.splice(open.indexOf(holder), 1);
    expect(await names(begin(), { name: "a" }, taking)).toEqual(["a"]);
  });

  test("cannot be left out by who does not want to hold rows", async () => {
    await expect(names(begin(), {}, { skipLocked: true })).rejects.toThrow("held");
  });
});

describe("a row that is found again", () => {
  test("is as the command has changed it, though nothing of that is sent yet", async () => {
    const uow = begin();
    const [account] = await uow.find(Account, { name: "a" });
    if (!account) expect.fail("There is no account a.");
    uow.record(account.change("Deposited", 7));
    const [again] = await uow.find(Account, { name: "a" }, { lock: true });
    expect(again).toBe(account);
    expect(account).toMatchObject({ balance: 7, version: 2 });
    await uow.flush();
  });

  test("is as the database has it, where the command has only read it", async () => {
    const uow = begin();
    const [account] = await uow.find(Account, { name: "b" });
    await bank.send("deposit", { name: "b", amount: 5 });
    const [again] = await uow.find(Account, { name: "b" }, { lock: true });
    expect(again).toBe(account);
    expect(account).toMatchObject({ balance: 5, version: 2 });
  });
});
