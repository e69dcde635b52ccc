import type { ServerResponse } from "node:http";
import { expect, test, vi } from "vitest";
import { isSelvedgeError, Selvedge } from "./index.ts";
import { withChanges } from "./live.ts";
import { cut, json, type SeenRequest, scriptedServer } from "./testing/scripted-server.ts";

/* Following an answer that changes, against a server that does what networks and proxies do. */

const report = (sentence: string) => ({ at: "2026-01-05", sentence, readModels: [] });
const answered = (sentence: string) => json(200, { result: { data: report(sentence) } });
const refused = (httpStatus: number, code: string) =>
  json(httpStatus, {
    error: {
      message: code,
      code: -32_000,
      data: { code, httpStatus, retryable: httpStatus === 503 },
    },
  });

/** Tells events, each in a packet of its own, and then is cut, or says nothing more. */
function telling(events: readonly object[], then: "cut" | "stay") {
  return async (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    for (const event of events) {
      const text = `data: ${JSON.stringify(event)}\n\n`;
      await new Promise((resolve) => response.write(text, () => setImmediate(resolve)));
    }
    if (then === "cut") response.destroy();
  };
}

/** Answers questions and openings apart, the last of each again and again. */
async function server(
  asks: readonly ReturnType<typeof answered>[],
  opens: readonly (typeof cut | ReturnType<typeof telling>)[],
) {
  const seen: string[] = [];
  const { baseUrl } = await scriptedServer((response, request: SeenRequest) => {
    const isOpening = request.method === "GET";
    const before = seen.filter((path) => path === request.path).length;
    const steps = isOpening ? opens : asks;
    seen.push(request.path);
    steps[Math.min(before, steps.length - 1)]?.(response, request);
  });
  return { seen, client: new Selvedge({ baseUrl }) };
}

const asking = "/selvedge/trpc/operations.lag";
const opening = "/selvedge/live/operations.lag";

/** Follows until so many answers came; says what they were, without repeating what is the same. */
async function sentences({ client }: { client: Selvedge }, count: number) {
  const told: string[] = [];
  for await (const { sentence } of client.operations.lag.follow()) {
    told.push(sentence);
    if (told.length === count) break;
  }
  return told;
}

test("an answer is asked for once and then told, whole or as what has changed", async () => {
  const it = await server(
    [answered("asked")],
    [telling([report("whole"), { at: "later" }, { sentence: "changed" }], "stay")],
  );
  expect(await sentences(it, 4)).toEqual(["asked", "whole", "whole", "changed"]);
  expect(it.seen).toEqual([asking, opening]);
});

test("what is cut is asked for, and told again", async () => {
  const it = await server(
    [answered("first"), answered("second")],
    [telling([report("told")], "cut"), telling([report("told anew")], "stay")],
  );
  expect(await sentences(it, 4)).toEqual(["first", "told", "second", "told anew"]);
  expect(it.seen).toEqual([asking, opening, asking, opening]);
});

test.each([
  ["is not there", json(404, {})],
  ["has no place left", refused(503, "UNAVAILABLE")],
  ["is some page of a proxy", json(200, {})],
  ["is cut at once", cut],
  ["is held back by a proxy", telling([], "stay")],
])("where the stream %s, asking serves, and no stream is tried each time", async (_what, step) => {
  const it = await server([answered("1"), answered("2"), answered("3")], [step]);
  expect(await sentences(it, 3)).toEqual(["1", "2", "3"]);
  expect(it.seen).toEqual([asking, opening, asking, asking]);
});

test("what another attempt may mend is told, and tried again; what it may not is thrown", async () => {
  const it = await server(
    [refused(503, "UNAVAILABLE"), answered("there"), refused(403, "FORBIDDEN")],
    [telling([], "cut")],
  );
  const told: string[] = [];
  const onFailure = vi.fn();
  const following = (async () => {
    for await (const { sentence } of it.client.operations.lag.follow({}, { onFailure })) {
      told.push(sentence);
    }
  })();
  const error = await following.catch((thrown: unknown) => thrown);
  expect(isSelvedgeError(error) && error.code).toBe("FORBIDDEN");
  expect(onFailure.mock.calls.map(([{ code }]) => code)).toEqual(["UNAVAILABLE"]);
  expect(told).toEqual(["there"]);
});

test("the signal ends the loop without an error, in the middle of a stream too", async () => {
  const it = await server([answered("asked")], [telling([report("told")], "stay")]);
  const ending = new AbortController();
  const told: string[] = [];
  for await (const { sentence } of it.client.operations.lag.follow({}, { signal: ending.signal })) {
    told.push(sentence);
    if (sentence === "told") ending.abort();
  }
  expect(told).toEqual(["asked", "told"]);
});

test("some of a list is replaced by its places, and what is the same stays the same", () => {
  const kept = { name: "a" };
  const before = { at: 1, list: [kept, { name: "b" }], one: { x: 1 } };
  const after = withChanges(before, { at: 2, list: { 1: { name: "c" } }, one: { y: 2 } });
  expect(after).toEqual({ at: 2, list: [{ name: "a" }, { name: "c" }], one: { y: 2 } });
  expect((after.list as object[])[0]).toBe(kept);
  expect(before.list).toEqual([{ name: "a" }, { name: "b" }]);
  expect(withChanges(before, { list: [] })).toMatchObject({ list: [] });
});
