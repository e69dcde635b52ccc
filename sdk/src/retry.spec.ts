import { createServer } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Selvedge } from "./index.ts";
import {
  commanded,
  cut,
  failed,
  halfBody,
  halfJson,
  json,
  noRows,
  page,
  type SeenRequest,
  type Step,
  scriptedServer,
  silence,
} from "./testing/scripted-server.ts";

const cancel = { orderId: "o", reason: "changed mind" };
const idsOf = (seen: readonly SeenRequest[]) =>
  seen.map(({ headers }) => headers["selvedge-command-id"]);

describe("a command is sent again, under the same id and with the same body, after", () => {
  test.each<[string, Step]>([
    ["a connection that was cut", cut],
    ["an answer cut in the middle", halfBody],
    ["an answer whose JSON is not whole", halfJson],
    ["408", page(408)],
    ["425", page(425)],
    ["429", page(429, { "retry-after": "0" })],
    ["502 from a proxy", page(502)],
    ["503 from Selvedge", failed(503, { code: "UNAVAILABLE", retryable: true })],
    ["504 from a proxy", page(504)],
  ])("%s", async (_, step) => {
    const { baseUrl, seen } = await scriptedServer(step, step, commanded("r1.e.1"));
    const answer = await new Selvedge({ baseUrl }).orders.cancelOrder(cancel);

    expect(seen).toHaveLength(3);
    expect(idsOf(seen)).toEqual(Array(3).fill(answer.commandId));
    expect(seen.map(({ body }) => body)).toEqual(Array(3).fill(cancel));
  });
});

test("a query and a reading operation are sent again", async () => {
  const lag = json(200, { result: { data: { sentence: "Fresh." } } });
  const { baseUrl, seen } = await scriptedServer(cut, noRows, cut, lag);
  const selvedge = new Selvedge({ baseUrl });
  await selvedge.orders.orderBoard();
  await selvedge.operations.lag();
  expect(seen).toHaveLength(4);
});

test("changing the input after the call changes no repetition", async () => {
  const { baseUrl, seen } = await scriptedServer(cut, commanded("r1.e.1"));
  const input = { ...cancel };
  const answer = new Selvedge({ baseUrl }).orders.cancelOrder(input);
  input.reason = "something else";
  await answer;
  expect(seen.map(({ body }) => body)).toEqual([cancel, cancel]);
});

describe("an answer that is not Selvedge's is told apart:", () => {
  test.each<[string, Step, string]>([
    ["a page", page(200), "200, text/html: <!doctype html> <title>Welcome</title>"],
    ["a redirect", page(302, { location: "/login" }), "a redirect"],
    ["other JSON", json(200, { ok: true }), '200, application/json: {"ok":true}'],
  ])("%s", async (_, step, what) => {
    const { baseUrl, seen } = await scriptedServer(step, noRows);
    const url = `${baseUrl}/trpc/orders.orderBoard`;
    await expect(new Selvedge({ baseUrl }).orders.orderBoard()).rejects.toMatchObject({
      code: "NETWORK",
      message: `What answered at ${url} is not Selvedge, or not this version: ${what}`,
      hint: expect.stringContaining("baseUrl"),
      retryable: false,
    });
    expect(seen).toHaveLength(1);
  });

  test.each([
    [401, "UNAUTHENTICATED"],
    [404, "NOT_FOUND"],
    [413, "TOO_LARGE"],
    [500, "INTERNAL"],
  ])("a page with status %i is %s", async (status, code) => {
    const { baseUrl, seen } = await scriptedServer(page(status), noRows);
    await expect(new Selvedge({ baseUrl }).orders.orderBoard()).rejects.toMatchObject({ code });
    expect(seen).toHaveLength(1);
  });
});

test("a server out of reach is NETWORK, with the reason and the command's id", async () => {
  const port = await freePort();
  const selvedge = new Selvedge({ baseUrl: `http://127.0.0.1:${port}`, retriesMax: 1 });
  await expect(selvedge.orders.cancelOrder(cancel)).rejects.toMatchObject({
    code: "NETWORK",
    message: expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`),
    retryable: true,
    commandId: expect.any(String),
  });
});

test("an attempt that hears nothing is given up, and made again under the same id", async () => {
  const { baseUrl, seen } = await scriptedServer(silence, commanded("r1.e.7"));
  const selvedge = new Selvedge({ baseUrl, attemptTimeoutMs: 50 });
  const { receipt } = await selvedge.stock.addBatch({ ref: "B-1", sku: "TEE", qty: 1 });
  expect([receipt, seen.length]).toEqual(["r1.e.7", 2]);
  const ids = seen.map(({ headers }) => headers["selvedge-command-id"]);
  expect(ids[1]).toBe(ids[0]);
});

test("a call that gets no answer ends in time with TIMEOUT and the command's id", async () => {
  const { baseUrl, seen } = await scriptedServer(silence);
  const call = new Selvedge({ baseUrl }).orders.cancelOrder(cancel, { timeoutMs: 60 });
  const error = await call.catch((e: unknown) => e);
  expect(seen).toHaveLength(1);
  expect(error).toMatchObject({
    code: "TIMEOUT",
    message: `No answer from ${baseUrl}/trpc/orders.cancelOrder within 60 ms.`,
    retryable: true,
    commandId: idsOf(seen)[0],
  });
});

test("a call whose time is up between attempts fails with what the last one met", async () => {
  const { baseUrl, seen } = await scriptedServer(page(429, { "retry-after": "60" }));
  const call = new Selvedge({ baseUrl }).orders.cancelOrder(cancel);
  await expect(call).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  expect(seen).toHaveLength(1);
});

test("a signal ends a call in flight with ABORTED, and the server sees it go", async () => {
  const controller = new AbortController();
  const gone = Promise.withResolvers<void>();
  const { baseUrl, seen } = await scriptedServer((response) => {
    response.on("close", () => gone.resolve());
    controller.abort("the screen was closed");
  });
  const { signal } = controller;
  const call = new Selvedge({ baseUrl }).orders.cancelOrder(cancel, { signal });
  const error = await call.catch((e: unknown) => e);
  await gone.promise;
  expect(seen).toHaveLength(1);
  const commandId = idsOf(seen)[0];
  expect(error).toMatchObject({ code: "ABORTED", cause: "the screen was closed", commandId });
});

test("a signal that has fired already keeps a call from being sent", async () => {
  const { baseUrl, seen } = await scriptedServer(noRows);
  const selvedge = new Selvedge({ baseUrl });
  const signal = AbortSignal.abort();
  await expect(selvedge.orders.orderBoard({}, { signal })).rejects.toMatchObject({
    code: "ABORTED",
  });
  const command = selvedge.orders.cancelOrder(cancel, { signal });
  await expect(command).rejects.toMatchObject({ code: "ABORTED", commandId: expect.any(String) });
  expect(seen).toHaveLength(0);
});

describe("between attempts", () => {
  /** A `fetch` that answers 503 forever, and how often it was called. */
  function busyFetch(headers: Record<string, string> = {}) {
    return vi.fn(async () => new Response("busy", { status: 503, headers }));
  }

  function withFakeTime() {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
      vi.restoreAllMocks();
    });
  }

  test("at least what Retry-After says is waited, in seconds or until a date", async () => {
    withFakeTime();
    vi.setSystemTime(new Date("2026-01-05T10:00:00Z"));
    for (const after of ["3", "Mon, 05 Jan 2026 10:00:03 GMT"]) {
      vi.setSystemTime(new Date("2026-01-05T10:00:00Z"));
      const fetch = busyFetch({ "retry-after": after });
      const call = new Selvedge({ baseUrl: "", fetch, retriesMax: 1 }).orders.orderBoard();
      const ended = expect(call).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await vi.advanceTimersByTimeAsync(2_999);
      expect(fetch).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(fetch).toHaveBeenCalledTimes(2);
      await ended;
    }
  });

  test("the pause is random up to a bound that doubles to five seconds", async () => {
    withFakeTime();
    vi.spyOn(Math, "random").mockReturnValue(1);
    const sentAtMs: number[] = [];
    const startMs = performance.now();
    const fetch = busyFetch();
    fetch.mockImplementation(async () => {
      sentAtMs.push(performance.now() - startMs);
      return new Response("busy", { status: 503 });
    });
    const call = new Selvedge({ baseUrl: "", fetch, timeoutMs: 20_000 }).orders.orderBoard();
    const ended = expect(call).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await vi.runAllTimersAsync();
    await ended;
    const pauses = sentAtMs.map((at, index) => Math.round(at - (sentAtMs[index - 1] ?? 0)));
    expect(pauses).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  test("a signal ends the pause", async () => {
    withFakeTime();
    const controller = new AbortController();
    const fetch = busyFetch({ "retry-after": "10" });
    const selvedge = new Selvedge({ baseUrl: "", fetch });
    const call = selvedge.orders.orderBoard({}, { signal: controller.signal });
    const ended = expect(call).rejects.toMatchObject({ code: "ABORTED" });
    await vi.advanceTimersByTimeAsync(5_000);
    controller.abort();
    await ended;
    expect(vi.getTimerCount()).toBe(0);
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
