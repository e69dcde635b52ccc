import type { ServerResponse } from "node:http";
import { expect, test, vi } from "vitest";
import { Selvedge, type SelvedgeOptions } from "./index.ts";
import {
  cut,
  failed,
  page,
  queried,
  type Step,
  scriptedServer,
  silence,
} from "./testing/scripted-server.ts";

/* Following a feed, against a server that does what networks and proxies do. */

const place = (n: number) => `p1.00000000000a.${n}.${n}`;
const event = (n: number, more: object = {}) => ({ position: place(n), id: `e${n}`, ...more });
const told = (n: number, lineEnd = "\n") =>
  [`event: OrderPlaced`, `id: ${place(n)}`, `data: ${JSON.stringify(event(n))}`, "", ""].join(
    lineEnd,
  );
const caughtUp = (n: number) => `event: caught-up\nid: ${place(n)}\n\n`;

/** Answers a stream piece by piece, each in a packet of its own, and then does what it is told. */
function streaming(pieces: readonly (string | Uint8Array)[], then: "cut" | "end" | "stay"): Step {
  return async (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    for (const piece of ["retry: 1000\n\n", ...pieces]) {
      await new Promise((resolve) => response.write(piece, () => setImmediate(resolve)));
    }
    if (then === "cut") response.destroy();
    if (then === "end") response.end();
  };
}

const asked = (events: object[], position: string, caught = true) =>
  queried({ events, position, caughtUp: caught, heldBackMs: 0 });

/** Follows until so many events were told; answers their ids and what the server saw. */
async function followed(steps: Step[], count: number, options: Partial<SelvedgeOptions> = {}) {
  const server = await scriptedServer(...steps);
  const client = new Selvedge({ baseUrl: server.baseUrl, ...options });
  const ids: string[] = [];
  const caught: string[] = [];
  for await (const { id } of client.journal.events.follow(
    { types: ["OrderPlaced", "OrderShipped"], aggregate: { kind: "Order", id: "7" } },
    { onCaughtUp: (position) => void caught.push(position) },
  )) {
    ids.push(id);
    if (ids.length === count) break;
  }
  return { ids, caught, seen: server.seen, paths: server.seen.map(({ path }) => path) };
}

const filter = "types=OrderPlaced&types=OrderShipped&aggregateKind=Order&aggregateId=7";

test("events come as they are told, and what is asked goes along", async () => {
  const { ids, caught, seen } = await followed(
    [streaming([told(1), told(2), caughtUp(5), ":\n\n", told(6)], "stay")],
    3,
    { apiKey: "slv_x" },
  );
  expect(ids).toEqual(["e1", "e2", "e6"]);
  expect(caught).toEqual([place(5)]);
  expect(seen.map(({ method, path }) => [method, path])).toEqual([
    ["GET", `/selvedge/feed?${filter}`],
  ]);
  expect(seen[0]?.headers).toMatchObject({
    accept: "text/event-stream",
    authorization: "Bearer slv_x",
  });
});

test("a stream that is cut in an event is taken up behind the last whole one", async () => {
  const half = told(2).slice(0, 60);
  const { ids, paths } = await followed(
    [streaming([told(1), half], "cut"), streaming([told(2)], "end"), streaming([told(3)], "stay")],
    3,
  );
  expect(ids).toEqual(["e1", "e2", "e3"]);
  expect(paths.slice(1)).toEqual([1, 2].map((n) => `/selvedge/feed?${filter}&after=${place(n)}`));
});

test("it goes on behind what was looked at and not wanted", async () => {
  const { paths } = await followed(
    [streaming([told(1), `id: ${place(900)}\n\n`], "cut"), streaming([told(901)], "stay")],
    2,
  );
  expect(paths[1]).toBe(`/selvedge/feed?${filter}&after=${place(900)}`);
});

test("letters of many bytes may come apart", async () => {
  const bytes = Buffer.from(
    `id: ${place(1)}\ndata: ${JSON.stringify(event(1, { id: "Größe ✂" }))}\n\n`,
  );
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
  expect((await followed([streaming(pieces, "stay")], 1)).ids).toEqual(["Größe ✂"]);
});

test.each(["\r\n", "\r", "\n"])(
  "lines may end in %j, and apart from each other",
  async (lineEnd) => {
    const text = [
      told(1, lineEnd),
      told(2, lineEnd),
      `:${lineEnd}${lineEnd}`,
      told(3, lineEnd),
    ].join("");
    for (const pieces of [[text + lineEnd], [...text, lineEnd]]) {
      expect((await followed([streaming(pieces, "stay")], 3)).ids).toEqual(["e1", "e2", "e3"]);
    }
  },
);

test("data may come in several lines", async () => {
  const data = JSON.stringify(event(1), null, 2)
    .split("\n")
    .map((line) => `data:${line}\n`);
  expect((await followed([streaming([...data, "\n"], "stay")], 1)).ids).toEqual(["e1"]);
});

test("where no stream is answered, asking serves", async () => {
  const { ids, seen } = await followed(
    [
      page(200),
      asked([event(1)], place(2), false),
      asked([event(3)], place(3)),
      page(404),
      asked([event(4)], place(4)),
    ],
    3,
  );
  expect(ids).toEqual(["e1", "e3", "e4"]);
  const bodies = seen.filter(({ method }) => method === "POST").map(({ body }) => body);
  expect(bodies).toEqual(
    [undefined, place(2), place(3)].map((after) => ({
      types: ["OrderPlaced", "OrderShipped"],
      aggregate: { kind: "Order", id: "7" },
      ...(after && { after }),
      limit: 500,
    })),
  );
});

test("a server that is away for a moment is waited for", async () => {
  const { ids } = await followed(
    [
      cut,
      failed(503, { code: "UNAVAILABLE", retryable: true }),
      asked([event(1)], place(1)),
      streaming([told(2)], "stay"),
    ],
    2,
  );
  expect(ids).toEqual(["e1", "e2"]);
});

test("what another attempt would not mend is thrown", async () => {
  const refused = failed(400, { code: "RECEIPT_REFUSED" }, "From another database.");
  await expect(followed([refused], 1)).rejects.toMatchObject({
    code: "RECEIPT_REFUSED",
    message: "From another database.",
  });
});

test.each([
  ["an event", [streaming([told(1)], "stay")], ["e1"]],
  ["a stream", [silence], []],
  ["an answer", [cut, silence], []],
  // The last step is what the server answers from then on, so it tells nothing again.
  ["its turn", [page(200), asked([event(1)], place(1)), asked([], place(1))], ["e1"]],
])("a signal ends it while it waits for %s", async (_what, steps, ids) => {
  const server = await scriptedServer(...steps);
  const ending = new AbortController();
  const last = steps.length;
  const client = new Selvedge({ baseUrl: server.baseUrl });
  const told: string[] = [];
  const following = (async () => {
    const events = client.journal.events.follow({}, { signal: ending.signal });
    for await (const { id } of events) told.push(id);
  })();
  await vi.waitFor(() => {
    expect(server.seen.length).toBeGreaterThanOrEqual(last);
    expect(told).toEqual(ids);
  }, 15_000);
  ending.abort();
  await following;
  expect(told).toEqual(ids);
});

test("leaving the loop closes the line", async () => {
  let closed: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const step = streaming([told(1)], "stay");
  const watchedStep: Step = (response, request) => {
    response.once("close", closed);
    return step(response, request);
  };
  await followed([watchedStep], 1);
  await gone;
});
