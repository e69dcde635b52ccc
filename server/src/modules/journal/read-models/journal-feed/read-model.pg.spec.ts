import { Selvedge as Client, type EventsData, type EventsInput } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type House, startHouse } from "../../../../../../test/harness/house.ts";
import { write, writerOf } from "../../journal-rows.fixture.ts";

let house: House;
let client: Client;

/** One order, what it needs, and a house next door. */
beforeAll(async () => {
  house = await startHouse();
  client = new Client({ baseUrl: house.baseUrl, consistency: "none", retriesMax: 0 });
  await house.stocks("TEE", 10);
  await house.sells({ TEE: 2 }, { externalRef: "A-1" });
  await house.elsewhere.catalogue.registerVariant({ sku: "CAP" });
});
afterAll(() => house.stop());

type Told = EventsData["events"];

async function ask(input?: EventsInput, of = client): Promise<EventsData> {
  return (await of.journal.events(input)).data;
}

/** All that follows a position, once nothing waits for others' transactions any more. */
async function follow(input: EventsInput = {}, of = client) {
  const told: Told = [];
  let { after } = input;
  for (;;) {
    const answer = await ask({ ...input, ...(after !== undefined && { after }) }, of);
    told.push(...answer.events);
    after = answer.position;
    if (answer.caughtUp && answer.heldBackMs === 0) return { told, position: after };
  }
}

const types = (told: Told) => told.map(({ type }) => type);
const ids = (told: Told) => told.map(({ id }) => id);

test("events come in the order of the commands, with all that the journal says of them", async () => {
  const { told } = await follow();
  expect(types(told)).toEqual([
    ...["VariantRegistered", "BatchAdded", "OrderPlaced", "LineAllocated"],
  ]);
  const [registered] = told;
  expect(registered).toEqual({
    position: expect.stringMatching(/^p1\.[0-9a-f]{12}\.\d+\.\d+$/),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/),
    ...{ kind: "Variant", id: "TEE", version: 1, type: "VariantRegistered" },
    data: expect.objectContaining({ sku: "TEE" }),
    ...{ partner: "spec", actor: "spec", commandId: expect.any(String) },
  });
});

test("an answer says that it is computed, and is as of now", async () => {
  const { freshness } = await client.journal.events();
  expect(freshness).toMatchObject({ servedFrom: "live", lagMs: 0, pending: 0 });
  expect(freshness.includesReceipt).toBeNull();
});

test.each([1, 2, 3, 4, 500])("answers of %i go on where the last one ended", async (limit) => {
  expect((await follow({ limit })).told).toEqual((await follow()).told);
});

test("each event's own position goes on right after it", async () => {
  const { told } = await follow();
  for (const [i, { position }] of told.entries()) {
    expect((await follow({ after: position })).told).toEqual(told.slice(i + 1));
  }
});

test("at the end there is a position to go on from, and it stays there", async () => {
  const { position } = await follow();
  const again = await ask({ after: position });
  expect(again).toEqual({ events: [], position, caughtUp: true, heldBackMs: 0 });
  await house.client.catalogue.registerVariant({ sku: "NEXT" });
  expect(ids((await follow({ after: position })).told)).toEqual(["NEXT"]);
});

describe("what is told can be chosen", () => {
  test.each<[string, EventsInput, string[]]>([
    ["by kind", { kinds: ["Order"] }, ["OrderPlaced"]],
    ["by type", { types: ["BatchAdded", "LineAllocated"] }, ["BatchAdded", "LineAllocated"]],
    ["by both", { kinds: ["SkuStock"], types: ["LineAllocated"] }, ["LineAllocated"]],
    ["by aggregate", { aggregate: { kind: "Variant", id: "TEE" } }, ["VariantRegistered"]],
    ["by an aggregate of another kind", { aggregate: { kind: "Order", id: "TEE" } }, []],
    ["by what never happens", { types: ["HellFrozeOver"] }, []],
  ])("%s", async (_, input, expected) => {
    expect(types((await follow({ ...input, limit: 1 })).told)).toEqual(expected);
  });

  test("and the position moves on past what was not wanted", async () => {
    const { position } = await follow({ types: ["HellFrozeOver"] });
    expect(position).toBe((await follow()).position);
  });

  test("however rare it is, an answer looks at no more than 5,000 events", async () => {
    const { position } = await follow();
    await house.database.query(
      `insert into selvedge.journal
         (tenant, kind, id, version, type, data, partner, command_id, actor)
       select 'default', 'Crowd', n::text, 1, case when n = 12001 then 'Rare' else 'Usual' end,
         '{}', 'spec', 'crowd', 'spec' from generate_series(1, 12001) as n`,
    );
    await expect.poll(async () => (await ask({ after: position })).events.length).toBe(100);
    const asked = { types: ["Rare"], limit: 1 };
    let answer = await ask({ ...asked, after: position });
    for (let looks = 0; looks < 2; looks += 1) {
      expect([answer.events, answer.caughtUp]).toEqual([[], false]);
      answer = await ask({ ...asked, after: answer.position });
    }
    expect(ids(answer.events)).toEqual(["12001"]);
    expect((await follow({ ...asked, after: answer.position })).told).toEqual([]);
    await house.database.query("delete from selvedge.journal where kind = 'Crowd'");
  });
});

test("another house sees nothing of it", async () => {
  const { told } = await follow({}, house.elsewhere);
  expect(ids(told)).toEqual(["CAP"]);
  const { position } = await follow();
  expect((await follow({ after: position }, house.elsewhere)).told).toEqual([]);
});

describe("an event that is committed late", () => {
  test("is waited for: what came after it is told after it, and how long it waits is told", async () => {
    const { position } = await follow();
    const [slow, quick] = [await writerOf(house.database), await writerOf(house.database)];
    await slow.query("begin");
    await write(slow, { id: "first" });
    await write(quick, { id: "second" });
    const [{ n: committed } = {}] = await house.database.query<{ n: number }>(
      "select count(*)::int as n from selvedge.journal where id = 'second'",
    );
    expect(committed).toBe(1);

    const held = await ask({ after: position });
    expect(held).toMatchObject({ events: [], position, caughtUp: true });
    expect(held.heldBackMs).toBeGreaterThan(0);
    await expect
      .poll(async () => (await ask({ after: position })).heldBackMs)
      .toBeGreaterThan(held.heldBackMs);
    await slow.query("commit");
    expect(ids((await follow({ after: position })).told)).toEqual(["first", "second"]);
    await Promise.all([slow.end(), quick.end()]);
  });

  test("is told first even if its row was written last", async () => {
    const { position } = await follow();
    const [slow, quick] = [await writerOf(house.database), await writerOf(house.database)];
    await slow.query("begin; select pg_current_xact_id()");
    await write(quick, { id: "quick" });
    await write(slow, { id: "slow" });
    await slow.query("commit");
    expect(ids((await follow({ after: position })).told)).toEqual(["slow", "quick"]);
    await Promise.all([slow.end(), quick.end()]);
  });

  test("may wait for a transaction in another database of the server", async () => {
    const { position } = await follow();
    const stranger = await writerOf({ url: inject("clusterUrl") });
    const quick = await writerOf(house.database);
    await stranger.query("begin; select pg_current_xact_id()");
    await write(quick, { id: "waits-for-strangers" });
    expect((await ask({ after: position })).events).toEqual([]);
    await stranger.query("rollback");
    expect(ids((await follow({ after: position })).told)).toEqual(["waits-for-strangers"]);
    await Promise.all([stranger.end(), quick.end()]);
  });

  test("holds nobody up once it is rolled back", async () => {
    const { position } = await follow();
    const [slow, quick] = [await writerOf(house.database), await writerOf(house.database)];
    await slow.query("begin");
    await write(slow, { id: "never" });
    await write(quick, { id: "told" });
    expect((await ask({ after: position })).events).toEqual([]);
    await slow.query("rollback");
    expect(ids((await follow({ after: position })).told)).toEqual(["told"]);
    await Promise.all([slow.end(), quick.end()]);
  });
});

describe("a receipt", () => {
  test("is in only when its event is told", async () => {
    const { position } = await follow();
    const slow = await writerOf(house.database);
    await slow.query("begin; select pg_current_xact_id()");
    const { receipt } = await client.catalogue.registerVariant({ sku: "RECEIPT" });
    const asked = { after: position };
    const now = await client.journal.events(asked, { atLeast: receipt, onMiss: "serve" });
    expect([now.data.events, now.freshness.includesReceipt]).toEqual([[], false]);
    for (const onMiss of ["error", "live", "patch"] as const) {
      const refused = client.journal.events(asked, { atLeast: receipt, onMiss, timeoutMs: 400 });
      await expect(refused).rejects.toMatchObject({ retryable: true });
    }
    const waiting = client.journal.events(asked, { atLeast: receipt, timeoutMs: 5_000 });
    await slow.query("commit");
    const then = await waiting;
    expect([ids(then.data.events), then.freshness]).toMatchObject([
      ["RECEIPT"],
      { includesReceipt: true, servedFrom: "live" },
    ]);
    await slow.end();
  });

  test("of the future is refused", async () => {
    const { receipt } = await client.catalogue.registerVariant({ sku: "FUTURE" });
    const future = receipt.replace(/\d+$/, (xid) => String(BigInt(xid) + 1_000_000n));
    const refused = client.journal.events({}, { atLeast: future });
    await expect(refused).rejects.toMatchObject({ code: "RECEIPT_REFUSED" });
  });
});

test("rows that were restored from elsewhere are told once they are set to the past", async () => {
  const { told } = await follow();
  await house.database.query("update selvedge.journal set xid = '9000000000000'");
  expect(await ask()).toMatchObject({ events: [], caughtUp: true });
  expect((await ask()).heldBackMs).toBeGreaterThan(0);
  await house.database.query("update selvedge.journal set xid = '3' where xid = '9000000000000'");
  const positions = told.map(({ position }) => Number(position.split(".")[3]));
  const again = (await follow()).told.map(({ position }) => Number(position.split(".")[3]));
  expect(again).toEqual(positions.toSorted((a, b) => a - b));
});

describe("a position is refused", () => {
  test.each(["", "x", "p1.000000000000.1", "p1.zz.1.1", "p1.000000000000.1.1'--"])(
    "that is %j",
    async (after) => {
      await expect(ask({ after })).rejects.toMatchObject({ code: "BAD_INPUT" });
    },
  );

  test("of another database", async () => {
    const after = "p1.000000000000.1.1";
    const refused = { code: "RECEIPT_REFUSED", message: "This position is from another database." };
    await expect(ask({ after })).rejects.toMatchObject(refused);
  });

  test("of the future", async () => {
    const { position } = await follow();
    const after = position.replace(/\d+\.\d+$/, "9007199254740991.1");
    await expect(ask({ after })).rejects.toMatchObject({ code: "RECEIPT_REFUSED" });
  });
});
