import { expect, test } from "vitest";
import { Selvedge } from "./index.ts";
import { commanded, failed, queried, scriptedServer } from "./testing/scripted-server.ts";

const pages = [
  queried({ rows: [{ orderId: "a" }, { orderId: "b" }], nextCursor: "after-b" }),
  queried({ rows: [], nextCursor: "after-nothing" }),
  queried({ rows: [{ orderId: "c" }], nextCursor: null }),
];

async function idsOf(rows: AsyncIterable<{ orderId: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { orderId } of rows) ids.push(orderId);
  return ids;
}

test("rows come one after the other through all pages, an empty one included", async () => {
  const { baseUrl, seen } = await scriptedServer(...pages);
  const rows = new Selvedge({ baseUrl }).orders.orderBoard.rows({ channel: "shop", limit: 2 });

  expect(await idsOf(rows)).toEqual(["a", "b", "c"]);
  expect(seen.map(({ body }) => body)).toEqual([
    { channel: "shop", limit: 2 },
    { channel: "shop", limit: 2, cursor: "after-b" },
    { channel: "shop", limit: 2, cursor: "after-nothing" },
  ]);
});

test("a page is not asked for before its first row is needed", async () => {
  const { baseUrl, seen } = await scriptedServer(...pages);
  const rows = new Selvedge({ baseUrl }).orders.orderBoard.rows();
  expect(seen).toHaveLength(0);
  for await (const { orderId } of rows) if (orderId === "b") break;
  expect(seen).toHaveLength(1);
});

test("every page is asked for with the same wishes and the receipts held", async () => {
  const { baseUrl, seen } = await scriptedServer(commanded("r1.e.1"), ...pages);
  const selvedge = new Selvedge({ baseUrl });
  await selvedge.orders.cancelOrder({ orderId: "a", reason: "changed mind" });

  await idsOf(selvedge.orders.orderBoard.rows({}, { atLeast: "r1.e.9", maxStaleMs: 50 }));

  const asked = seen
    .slice(1)
    .map(({ headers }) => [headers["selvedge-at-least"], headers["selvedge-max-stale-ms"]]);
  expect(asked).toEqual(Array(3).fill(["r1.e.1,r1.e.9", "50"]));
});

test("a page that fails ends the rows with its error", async () => {
  const broken = failed(500, { code: "INTERNAL" });
  const { baseUrl } = await scriptedServer(pages[0] ?? broken, broken);
  const rows = new Selvedge({ baseUrl }).orders.orderBoard.rows();
  await expect(idsOf(rows)).rejects.toMatchObject({ code: "INTERNAL" });
});
