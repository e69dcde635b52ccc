import { expect, test } from "vitest";
import { type CallBegin, type CallEnd, type CallRetry, Selvedge } from "./index.ts";
import { commanded, cut, failed, queried, scriptedServer } from "./testing/scripted-server.ts";

function recorded(headers: Record<string, string> = {}) {
  const begun: CallBegin[] = [];
  const retries: CallRetry[] = [];
  const ended: CallEnd[] = [];
  const watchCalls = (call: CallBegin) => {
    begun.push(call);
    return {
      headers,
      onRetry: (retry: CallRetry) => void retries.push(retry),
      onEnd: (end: CallEnd) => void ended.push(end),
    };
  };
  return { begun, retries, ended, watchCalls };
}
const batch = { ref: "B-1", sku: "TEE", qty: 1 };

test("a call is told when it begins and when it ends", async () => {
  const { baseUrl } = await scriptedServer(queried({}));
  const { begun, ended, retries, watchCalls } = recorded();
  await new Selvedge({ baseUrl, watchCalls }).orders.orderTotals();
  expect(begun).toEqual([{ procedure: "orders.orderTotals", kind: "query", commandId: undefined }]);
  expect(ended).toEqual([
    { durationMs: expect.any(Number), attempts: 1, requestId: undefined, error: undefined },
  ]);
  expect(retries).toEqual([]);
});

test("attempts that failed are told, with why and how long the pause is", async () => {
  const { baseUrl } = await scriptedServer(
    cut,
    failed(503, { code: "UNAVAILABLE", requestId: "q-2", retryable: true }),
    commanded("r1"),
  );
  const { begun, retries, ended, watchCalls } = recorded();
  const { commandId } = await new Selvedge({ baseUrl, watchCalls }).stock.addBatch(batch);
  expect(begun).toEqual([{ procedure: "stock.addBatch", kind: "command", commandId }]);
  expect(retries.map(({ attempt, error }) => [attempt, error.code])).toEqual([
    [1, "NETWORK"],
    [2, "UNAVAILABLE"],
  ]);
  expect(retries.every(({ pauseMs }) => pauseMs >= 0 && pauseMs <= 200)).toBe(true);
  expect(ended[0]).toMatchObject({ attempts: 3, error: undefined });
});

test("a failure is told with its error and the server's name for the request", async () => {
  const { baseUrl } = await scriptedServer(failed(404, { code: "NOT_FOUND", requestId: "q-1" }));
  const { ended, watchCalls } = recorded();
  const call = new Selvedge({ baseUrl, watchCalls }).stock.addBatch(batch);
  await expect(call).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(ended).toHaveLength(1);
  expect(ended[0]).toMatchObject({ requestId: "q-1", error: { code: "NOT_FOUND" } });
});

test("headers of a trace go with every attempt, and replace none of the SDK's", async () => {
  const { baseUrl, seen } = await scriptedServer(cut, commanded("r1"));
  const { watchCalls } = recorded({ traceparent: "00-1-2-01", "selvedge-command-id": "mine" });
  await new Selvedge({ baseUrl, watchCalls }).stock.addBatch(batch);
  expect(seen.map(({ headers }) => headers.traceparent)).toEqual(["00-1-2-01", "00-1-2-01"]);
  expect(seen[0]?.headers["selvedge-command-id"]).not.toBe("mine");
});

test("what looks on and fails stops no call", async () => {
  const { baseUrl } = await scriptedServer(cut, commanded("r1", { ref: "B-1" }));
  const fail = () => {
    throw new Error("The log is full.");
  };
  const watchCalls = () => ({ onRetry: fail, onEnd: fail });
  for (const watch of [fail, watchCalls]) {
    const { data } = await new Selvedge({ baseUrl, watchCalls: watch }).stock.addBatch(batch);
    expect(data).toEqual({ ref: "B-1" });
  }
});
