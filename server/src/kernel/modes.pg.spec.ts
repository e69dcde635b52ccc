import type { QueryOptions } from "@selvedge/sdk";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";

/* What a query does that is not as fresh as asked, where no refresher will ever make it so. */

let it: TestSelvedge;
let client: Selvedge;
let receipt: string;
beforeAll(async () => {
  it = await startSelvedge({ roles: ["command", "query", "admin"] });
  client = new Selvedge({ baseUrl: it.baseUrl, consistency: "none", retriesMax: 0 });
  for (const sku of ["A", "B", "C"]) {
    await client.catalogue.registerVariant({ sku });
    await client.stock.addBatch({ ref: sku, sku, qty: 5 });
  }
  const lines = [
    { sku: "A", qty: 1 },
    { sku: "B", qty: 9 },
  ];
  ({ receipt } = await client.orders.placeOrder({ channel: "shop", externalRef: "1", lines }));
});
afterAll(() => it.stop());

const asked = (onMiss: QueryOptions["onMiss"]): QueryOptions => ({ atLeast: receipt, onMiss });

/** A client that gives the server less time than itself, so that the server's answer is heard. */
const impatient = () =>
  new Selvedge({
    baseUrl: it.baseUrl,
    consistency: "none",
    retriesMax: 0,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...init?.headers, "selvedge-timeout-ms": "200" } }),
  });
const unsorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();

test("serve answers what there is, and says that the receipt is not in", async () => {
  const { data, freshness } = await client.stock.sellableAvailability({}, asked("serve"));
  expect(data.rows).toEqual([]);
  expect(freshness).toMatchObject({ includesReceipt: false, servedFrom: "readModel" });
  expect(freshness.pending).toBeGreaterThan(0);
});

test("error says so at once", async () => {
  const started = performance.now();
  const refused = client.stock.sellableAvailability({}, { ...asked("error"), timeoutMs: 30_000 });
  await expect(refused).rejects.toMatchObject({ code: "NOT_FRESH" });
  // Whoever waits does so for five seconds then.
  expect(performance.now() - started).toBeLessThan(4_000);
});

test("wait waits until its time is up", async () => {
  const refused = impatient().stock.sellableAvailability({}, asked("wait"));
  await expect(refused).rejects.toMatchObject({ code: "NOT_FRESH" });
});

describe.each(["patch", "live"] as const)("%s computes what is missing", (onMiss) => {
  const servedFrom = onMiss === "patch" ? "patched" : "live";

  test("and answers with the receipt in, as of now", async () => {
    const { data, freshness } = await client.stock.sellableAvailability({}, asked(onMiss));
    expect(data.rows.map(({ sku, onHand, available }) => [sku, onHand, available])).toEqual([
      ["A", 5, 4],
      ["B", 5, 5],
      ["C", 5, 5],
    ]);
    expect(freshness).toMatchObject({ includesReceipt: true, lagMs: 0, pending: 0, servedFrom });
    expect(Math.abs(Date.parse(freshness.asOf ?? "") - Date.now())).toBeLessThan(60_000);
  });

  test("in pages and with filters as the read model itself", async () => {
    const first = await client.stock.sellableAvailability({ limit: 2 }, asked(onMiss));
    expect(first.data.rows.map(({ sku }) => sku)).toEqual(["A", "B"]);
    const cursor = first.data.nextCursor ?? "";
    const second = await client.stock.sellableAvailability({ limit: 2, cursor }, asked(onMiss));
    expect(second.data.rows.map(({ sku }) => sku)).toEqual(["C"]);
    const board = await client.orders.orderBoard({ status: "backordered" }, asked(onMiss));
    expect(board.data.rows.map(({ blocker }) => blocker)).toEqual(["no stock for B"]);
  });

  test.each([
    ["sellable_availability", (mode) => client.stock.sellableAvailability({}, asked(mode))],
    ["allocations", (mode) => client.stock.allocations({}, asked(mode))],
    ["order_board", (mode) => client.orders.orderBoard({}, asked(mode))],
    ["throughput", (mode) => client.floor.throughput({}, asked(mode))],
  ] satisfies [string, (mode: QueryOptions["onMiss"]) => Promise<{ data: { rows: object[] } }>][])(
    "the rows of %s are those of its defining query",
    async (name, ask) => {
      const { data } = await ask(onMiss);
      const defined = await it.database.query<{ n: number }>(
        `select count(*)::int as n from selvedge.def_${name}`,
      );
      expect(data.rows.length).toBe(defined[0]?.n);
      expect(data.rows.length).toBeGreaterThan(0);
      const computed = await ask(onMiss === "patch" ? "live" : "patch");
      expect(unsorted(data.rows)).toEqual(unsorted(computed.data.rows));
    },
  );

  test("also where only the age of what is shown is asked for", async () => {
    const { freshness } = await client.orders.orderTotals({}, { maxStaleMs: 0, onMiss });
    expect(freshness).toMatchObject({ includesReceipt: null, lagMs: 0, servedFrom });
  });
});

test("a key that is gone since is not in what is patched", async () => {
  await it.database.query("delete from selvedge.batch where ref = 'C'");
  const { data } = await client.stock.sellableAvailability({}, asked("patch"));
  expect(data.rows.map(({ sku }) => sku)).toEqual(["A", "B"]);
});

test("what is fresh enough is read as it is kept, whatever is done on a miss", async () => {
  for (const onMiss of ["patch", "live", "error", "wait"] as const) {
    const { freshness } = await client.floor.throughput({}, { onMiss });
    expect([onMiss, freshness.servedFrom]).toEqual([onMiss, "readModel"]);
  }
});

test("more than a thousand pending keys are waited for and not patched", async () => {
  await it.database.query(
    `insert into selvedge.batch (tenant, ref, warehouse, sku, grade, qty, allocated, received_at)
     select 'default', 'many-' || i, 'main', 'MANY-' || i, 'N', 1, 0, now()
     from generate_series(1, 1500) as i`,
  );
  const refused = impatient().stock.sellableAvailability({}, asked("patch"));
  await expect(refused).rejects.toMatchObject({ code: "NOT_FRESH" });
});

test("a read model that is configured to be live is computed, and callers need not know", async () => {
  const live = await startSelvedge(
    { roles: ["query"], live: ["sellableAvailability"] },
    it.database,
  );
  try {
    const other = new Selvedge({ baseUrl: live.baseUrl, consistency: "none" });
    const { data, freshness } = await other.stock.sellableAvailability({ sku: "A" });
    expect(data.rows.map(({ onHand }) => onHand)).toEqual([5]);
    expect(freshness).toMatchObject({ lagMs: 0, pending: 0, servedFrom: "live" });
    const asked = await other.stock.sellableAvailability({ sku: "A" }, { atLeast: receipt });
    expect(asked.freshness.includesReceipt).toBe(true);
    const kept = await other.orders.orderTotals({});
    expect(kept.freshness).toMatchObject({ servedFrom: "readModel" });
  } finally {
    await live.stop();
  }
  const wrong = startSelvedge({ live: ["nothing"] }, it.database);
  await expect(wrong).rejects.toThrow("There is no read model nothing.");
});
