import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Selvedge } from "./index.ts";
import { Receipts } from "./receipts.ts";
import { commanded, failed, noRows, type Step, scriptedServer } from "./testing/scripted-server.ts";

const cancel = { orderId: "o", reason: "changed mind" };

describe("a query", () => {
  test("asks for what this instance wrote, and waits for it", async () => {
    const { baseUrl, seen } = await scriptedServer(commanded("r1.e.5"), noRows);
    const selvedge = new Selvedge({ baseUrl });
    await selvedge.orders.cancelOrder(cancel);
    await selvedge.orders.orderBoard();
    await selvedge.stock.allocations();

    const asked = { "selvedge-at-least": "r1.e.5", "selvedge-on-miss": "wait" };
    expect(seen).toHaveLength(3);
    expect(seen[1]?.headers).toMatchObject(asked);
    expect(seen[2]?.headers).toMatchObject(asked);
  });

  test("serves at once where its caller would rather, asking for their receipts too", async () => {
    const { baseUrl, seen } = await scriptedServer(commanded("r1.e.5"), noRows);
    const selvedge = new Selvedge({ baseUrl });
    await selvedge.orders.cancelOrder(cancel);
    await selvedge.orders.orderBoard({}, { atLeast: ["r1.e.3", "r1.e.5"], onMiss: "serve" });
    expect(seen[1]?.headers).toMatchObject({
      "selvedge-at-least": "r1.e.5,r1.e.3",
      "selvedge-on-miss": "serve",
    });
  });

  test("asks for nothing of its own under consistency none, but hands receipts out", async () => {
    const { baseUrl, seen } = await scriptedServer(commanded("r1.e.5"), noRows);
    const selvedge = new Selvedge({ baseUrl, consistency: "none" });
    await selvedge.orders.cancelOrder(cancel);
    await selvedge.orders.orderBoard();
    await selvedge.orders.orderBoard({}, { atLeast: selvedge.receipts() });
    expect(seen[1]?.headers).not.toHaveProperty("selvedge-at-least");
    expect(seen[2]?.headers).toMatchObject({ "selvedge-at-least": "r1.e.5" });
  });

  test("that is bounded in staleness waits by default", async () => {
    const { baseUrl, seen } = await scriptedServer(noRows);
    await new Selvedge({ baseUrl }).orders.orderBoard({}, { maxStaleMs: 250 });
    expect(seen[0]?.headers).toMatchObject({
      "selvedge-max-stale-ms": "250",
      "selvedge-on-miss": "wait",
    });
  });

  test("whose receipts the server refuses says so once; the next asks without them", async () => {
    const refused = failed(400, { code: "RECEIPT_REFUSED" });
    const { baseUrl, seen } = await scriptedServer(commanded("r1.old.5"), refused, noRows);
    const selvedge = new Selvedge({ baseUrl });
    await selvedge.orders.cancelOrder(cancel);
    await expect(selvedge.orders.orderBoard()).rejects.toMatchObject({ code: "RECEIPT_REFUSED" });
    await selvedge.orders.orderBoard();
    expect(seen[2]?.headers).not.toHaveProperty("selvedge-at-least");
  });

  test("whose caller's receipt is refused does not cost this instance its own", async () => {
    const refused = failed(400, { code: "RECEIPT_REFUSED" });
    const { baseUrl } = await scriptedServer(commanded("r1.e.5"), refused);
    const selvedge = new Selvedge({ baseUrl });
    await selvedge.orders.cancelOrder(cancel);
    const asked = selvedge.orders.orderBoard({}, { atLeast: "garbage" });
    await expect(asked).rejects.toMatchObject({ code: "RECEIPT_REFUSED" });
    expect(selvedge.receipts()).toEqual(["r1.e.5"]);
  });
});

describe("of the receipts of commands", () => {
  test("sent one after the other, the last is kept", async () => {
    const { baseUrl } = await scriptedServer(
      commanded("r1.e.5"),
      commanded("r1.e.6"),
      failed(409, { code: "REFUSED", reason: "order-cancelled", kind: "conflict" }),
    );
    const selvedge = new Selvedge({ baseUrl });
    await selvedge.orders.cancelOrder(cancel);
    await selvedge.orders.cancelOrder(cancel);
    await selvedge.orders.cancelOrder(cancel).catch(() => undefined);
    expect(selvedge.receipts()).toEqual(["r1.e.6"]);
  });

  test("sent at the same time, all are kept, until one is sent after their answers", async () => {
    let count = 0;
    const next: Step = (response, request) => commanded(`r1.e.${++count}`)(response, request);
    const { baseUrl } = await scriptedServer(next);
    const selvedge = new Selvedge({ baseUrl });
    await Promise.all([1, 2, 3].map(() => selvedge.orders.cancelOrder(cancel)));
    expect(selvedge.receipts().sort()).toEqual(["r1.e.1", "r1.e.2", "r1.e.3"]);
    await selvedge.orders.cancelOrder(cancel);
    expect(selvedge.receipts()).toEqual(["r1.e.4"]);
  });

  test("sent by the hundred, no more run at once than a query can ask for", async () => {
    const waiting: (() => void)[] = [];
    let count = 0;
    let atOnceMax = 0;
    const { baseUrl, seen } = await scriptedServer((response, request) => {
      const receipt = `r1.e.${++count}`;
      waiting.push(() => commanded(receipt)(response, request));
      atOnceMax = Math.max(atOnceMax, waiting.length);
      // Held back until as many are here as will come.
      if (waiting.length === 32 || count === 200) for (const go of waiting.splice(0)) go();
    });
    const selvedge = new Selvedge({ baseUrl });
    await Promise.all(Array.from({ length: 200 }, () => selvedge.orders.cancelOrder(cancel)));
    expect(seen).toHaveLength(200);
    expect(atOnceMax).toBe(32);
    expect(selvedge.receipts().length).toBeLessThanOrEqual(32);
  });

  test("a stored answer drops none: it may be older than all of them", async () => {
    const { baseUrl } = await scriptedServer(commanded("r1.e.5"), commanded("r1.e.2", {}, true));
    const selvedge = new Selvedge({ baseUrl });
    await selvedge.orders.cancelOrder(cancel);
    await selvedge.orders.cancelOrder(cancel, {
      commandId: "0199c0de-0000-4000-8000-000000000001",
    });
    expect(selvedge.receipts()).toEqual(["r1.e.5", "r1.e.2"]);
  });

  test("a repetition that finds its own first attempt applied drops as usual", async () => {
    const { baseUrl } = await scriptedServer(
      commanded("r1.e.5"),
      (response) => response.destroy(),
      commanded("r1.e.6", {}, true),
    );
    const selvedge = new Selvedge({ baseUrl });
    await selvedge.orders.cancelOrder(cancel);
    const second = await selvedge.orders.cancelOrder(cancel);
    expect(second.repeated).toBe(true);
    expect(selvedge.receipts()).toEqual(["r1.e.6"]);
  });
});

test("whoever asks for the receipts held asks for every write, whatever ran beside what", () => {
  const lanesMax = 4;
  const begin = fc.record({ lane: fc.nat(lanesMax - 1) });
  fc.assert(
    fc.property(fc.array(begin, { maxLength: 60 }), (steps) => {
      const receipts = new Receipts(lanesMax);
      const running = new Map<number, { begunAt: number; before: Set<string> }>();
      // For each receipt, the receipts whose commands had been answered before it was sent.
      const covers = new Map<string, Set<string>>();
      for (const [index, { lane }] of steps.entries()) {
        const one = running.get(lane);
        if (!one) {
          running.set(lane, { begunAt: receipts.begin(), before: new Set(covers.keys()) });
          continue;
        }
        running.delete(lane);
        receipts.keep(`r${index}`, one.begunAt);
        covers.set(`r${index}`, one.before);
      }
      const held = receipts.list();
      const asked = new Set(held.flatMap((receipt) => [receipt, ...(covers.get(receipt) ?? [])]));
      expect([...covers.keys()].filter((receipt) => !asked.has(receipt))).toEqual([]);
      expect(held.length).toBeLessThanOrEqual(lanesMax);
    }),
  );
});

test("stored answers of an earlier run fill no more than the room there is", () => {
  const receipts = new Receipts(3);
  for (const receipt of ["a", "b", "c", "b", "d"]) receipts.keep(receipt, "earlier");
  expect(receipts.list()).toEqual(["c", "b", "d"]);
});
