import { randomUUID } from "node:crypto";
import { type Fact, type Freshness, type SellableAvailabilityRow, Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type House, startHouse } from "../../../test/harness/house.ts";

let house: House;
let sku: string;
beforeAll(async () => {
  house = await startHouse();
});
beforeEach(async () => {
  sku = `größe ${randomUUID()}`;
  await house.stocks(sku, 3);
});
afterAll(() => house.stop());

const readModel = "sellableAvailability";
const keyOf = ({ warehouse, sku, grade }: SellableAvailabilityRow) => ({ warehouse, sku, grade });

/** What a person sees of a SKU before deciding. */
async function look() {
  const { data, freshness } = await house.client.stock.sellableAvailability({ sku });
  const [row] = data.rows;
  if (!row) throw new Error(`There is nothing of ${sku}.`);
  const available: Fact = {
    ...{ readModel, key: keyOf(row) },
    columns: { available: row.available },
  };
  return { row, freshness, available };
}

const orderOf = (qty: number, of = sku) => ({
  ...{ channel: "shop", externalRef: randomUUID() },
  lines: [{ sku: of, qty }],
});

const place = (facts: readonly Fact[], more: { freshness?: Freshness; commandId?: string } = {}) =>
  house.client.orders.placeOrder(orderOf(1), {
    basedOn: { facts, freshness: more.freshness },
    commandId: more.commandId,
  });

describe("a command that says what it was decided on", () => {
  test("is done where all of that is still so, down to every column as it was answered", async () => {
    const { row, freshness } = await look();
    const promise = { shipBy: "2030-06-01T08:30:00.123+02:00", carrierService: "express" };
    const { orderId } = await house.sells({ [sku]: 1 }, { promise });
    const { data: board } = await house.client.orders.orderBoard({ orderId });
    const { data: lines } = await house.client.stock.allocations({ orderId });
    const { row: after } = await look();
    expect([board.rows.length, lines.rows.length, row.available - after.available]).toEqual([
      1, 1, 1,
    ]);
    const facts: Fact[] = [
      { readModel, key: keyOf(after), columns: after },
      ...board.rows.map(
        (columns): Fact => ({ readModel: "orderBoard", key: { orderId }, columns }),
      ),
      ...lines.rows.map(
        (columns): Fact => ({ readModel: "allocations", key: { orderId, line: 1 }, columns }),
      ),
    ];
    const { data } = await place(facts, { freshness });
    expect(data.lines).toEqual([{ line: 1, allocated: true, batch: `${sku}/1`, lpns: [] }]);
  });

  test("is refused where that has changed, and told what it was, what it is, and since when", async () => {
    const { available, freshness } = await look();
    await house.sells({ [sku]: 3 });
    const error = await house.refuses(() => place([available], { freshness }), "decision-stale");
    const { changed, since, words } = error.details ?? {};
    const at = /20[-0-9T:.]+Z$/.exec(String(words))?.[0] ?? "";
    const said = `available of sellableAvailability main, ${sku}, N was 3 and is 0`;
    expect(error).toMatchObject({ kind: "conflict", retryable: false });
    expect(error.message).toBe(`What this command was decided on is no longer so. ${said}.`);
    expect(changed).toEqual([
      { readModel, key: available.key, column: "available", was: 3, is: 0, words: said },
    ]);
    const happened = [{ type: "LineAllocated", data: expect.objectContaining({ qty: 3 }) }];
    expect(since).toEqual([{ command: "orders.placeOrder", actor: "spec", at, happened }]);
    expect(words).toBe(`${said}; LineAllocated by spec at ${at}`);
    expect(Date.parse(at)).toBeGreaterThan(Date.parse(freshness.asOf ?? ""));
  });

  test("is told nobody's name where it does not say when it looked", async () => {
    const { available } = await look();
    await house.sells({ [sku]: 1 });
    const error = await house.refuses(() => place([available]), "decision-stale");
    expect(error.details).toMatchObject({ changed: [{ was: 3, is: 2 }], since: [] });
  });

  test("is done where other things have changed: another row, another column", async () => {
    const { available, freshness } = await look();
    await house.stocks(`${sku} other`, 5);
    await house.sells({ [`${sku} other`]: 5 });
    await house.client.stock.addBatch({
      ...{ ref: `${sku}/coming`, sku, qty: 9 },
      eta: "2030-01-01T00:00:00Z",
    });
    expect((await place([available], { freshness })).repeated).toBe(false);
    expect((await look()).row).toMatchObject({ available: 2, incoming: 9 });
  });

  test("is refused where one fact of several has changed, and told of that one", async () => {
    const { available, row } = await look();
    await house.sells({ [sku]: 1 });
    const onHand: Fact = { readModel, key: keyOf(row), columns: { onHand: 3, reserved: 0 } };
    const error = await house.refuses(() => place([onHand, available]), "decision-stale");
    const changed = error.details?.changed as { column: string }[];
    expect(changed.map(({ column }) => column)).toEqual(["reserved", "available"]);
  });

  test("is refused where a row is gone, or is there that was not", async () => {
    const { available, row } = await look();
    const elsewhere: Fact = { readModel, key: { ...keyOf(row), warehouse: "nord" }, columns: null };
    expect((await place([elsewhere])).repeated).toBe(false);
    await house.client.stock.addBatch({ ref: `${sku}/nord`, warehouse: "nord", sku, qty: 4 });
    const came = await house.refuses(() => place([elsewhere]), "decision-stale");
    expect(came.details).toMatchObject({
      changed: [
        { key: elsewhere.key, column: null, was: null, is: { warehouse: "nord", onHand: 4 } },
      ],
      words: `sellableAvailability nord, ${sku}, N was not there and is now`,
    });

    // Another tenant asks of a row that is not theirs.
    const theirs = house.elsewhere;
    await theirs.catalogue.registerVariant({ sku });
    const gone = await house.refuses(
      () => theirs.orders.placeOrder(orderOf(1), { basedOn: { facts: [available] } }),
      "decision-stale",
    );
    expect(gone.details).toMatchObject({
      changed: [{ column: null, was: { available: 3 }, is: null }],
      words: `sellableAvailability main, ${sku}, N was there and is gone`,
    });
  });

  test("may rely on a row's being there, and on nothing of it", async () => {
    const { row } = await look();
    const there: Fact = { readModel, key: keyOf(row), columns: {} };
    await house.sells({ [sku]: 1 });
    expect((await place([there])).repeated).toBe(false);
    const missing: Fact = { ...there, key: { ...there.key, sku: "none" } };
    await house.refuses(() => place([missing]), "decision-stale");
  });
});

/** Sends an order with a header that no SDK would make. */
async function sendOdd(commandId: string, order: object, basedOn: string) {
  const answered = await fetch(`${house.baseUrl}/trpc/orders.placeOrder`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "selvedge-command-id": commandId,
      "selvedge-based-on": basedOn,
    },
    body: JSON.stringify(order),
  });
  return (await answered.json()) as Record<"result" | "error", { data: Record<string, unknown> }>;
}

describe("a command that is based on what is not valid is not done:", () => {
  test("what cannot be read", async () => {
    const { error } = await sendOdd(randomUUID(), orderOf(1), "garbage");
    expect(error.data).toMatchObject({
      code: "BAD_INPUT",
      details: { issues: [{ path: "selvedge-based-on", message: "is not JSON in base64url" }] },
    });
    expect((await look()).row.available).toBe(3);
  });

  test("a key that no row can have", async () => {
    const key = { orderId: randomUUID(), line: 2 ** 40 };
    const refused = place([{ readModel: "allocations", key, columns: null }]);
    await expect(refused).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect((await look()).row.available).toBe(3);
  });
});

describe("a command that was applied before", () => {
  test("answers as it did, whatever it is said to be based on now", async () => {
    const { available } = await look();
    const commandId = randomUUID();
    const order = orderOf(1);
    const basedOn = { facts: [available] };
    const first = await house.client.orders.placeOrder(order, { commandId, basedOn });
    // By its own doing there is one less.
    const again = await house.client.orders.placeOrder(order, { commandId, basedOn });
    expect(again).toEqual({ ...first, repeated: true });
    const without = await house.client.orders.placeOrder(order, { commandId });
    expect(without).toEqual({ ...first, repeated: true });
    const odd = await sendOdd(commandId, order, "garbage");
    expect(odd.result.data).toMatchObject({ repeated: true, data: first.data });
  });

  test("is a reused id where its body is another, whatever it is based on", async () => {
    const { available } = await look();
    const { commandId } = await place([]);
    await house.sells({ [sku]: 1 });
    const reused = place([available], { commandId });
    await expect(reused).rejects.toMatchObject({ code: "COMMAND_ID_REUSED" });
  });
});

describe("a fact that is changed by a command at work at the same time", () => {
  let other: pg.Client;
  beforeEach(async () => {
    other = new pg.Client({ connectionString: house.database.url });
    await other.connect();
  });
  afterEach(() => other.end());

  /** Resolves once so many commands wait for a row that somebody else holds. */
  async function untilWaiting(commands = 1) {
    for (;;) {
      const waiting = await house.database.query(
        `select from pg_stat_activity where application_name = 'selvedge command'
         and wait_event_type = 'Lock'`,
      );
      if (waiting.length >= commands) return;
    }
  }

  test("is seen, though the command began before that one had committed", async () => {
    const { available } = await look();
    await other.query("begin");
    await other.query("select from selvedge.sku_stock where sku = $1 for update", [sku]);
    await other.query("update selvedge.batch set allocated = 2 where sku = $1", [sku]);
    const placed = place([available]).catch((error: unknown) => error);
    await untilWaiting();
    await other.query("commit");
    expect(await placed).toMatchObject({
      reason: "decision-stale",
      details: { changed: [{ column: "available", was: 3, is: 1 }] },
    });
  });

  test("does not count where that one is undone", async () => {
    const { available } = await look();
    await other.query("begin");
    await other.query("select from selvedge.sku_stock where sku = $1 for update", [sku]);
    await other.query("update selvedge.batch set allocated = 2 where sku = $1", [sku]);
    const placed = place([available]);
    await untilWaiting();
    await other.query("rollback");
    expect((await placed).repeated).toBe(false);
  });

  test("of sixteen commands that rely on the last three pieces one has them", async () => {
    const { available } = await look();
    const client = () => new Selvedge({ baseUrl: house.baseUrl });
    await other.query("begin");
    await other.query("select from selvedge.sku_stock where sku = $1 for update", [sku]);
    const sent = Promise.all(
      Array.from({ length: 16 }, () =>
        client()
          .orders.placeOrder(orderOf(1), { basedOn: { facts: [available] } })
          .then(
            () => "done",
            (error: { reason?: string }) => error.reason,
          ),
      ),
    );
    await untilWaiting(8);
    await other.query("rollback");
    const answers = await sent;
    expect(answers.filter((one) => one === "done").length).toBe(1);
    expect(answers.filter((one) => one === "decision-stale").length).toBe(15);
    expect((await look()).row.available).toBe(2);
  });
});
