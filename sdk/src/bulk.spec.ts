import { expect, test } from "vitest";
import { type BulkOutcome, Selvedge } from "./index.ts";
import { cut, failed, json, type SeenRequest, scriptedServer } from "./testing/scripted-server.ts";

interface Line {
  readonly command: string;
  readonly commandId: string;
  readonly lane: string;
  readonly input: { readonly ref: string };
}
const linesOf = (request: SeenRequest | undefined): Line[] =>
  request ? (request.body as { commands: Line[] }).commands : [];

/** Answers each of a chunk by its reference; the receipt is the chunk's number. */
function answering(answerOf: (ref: string) => object = () => ({})) {
  let chunk = 0;
  return (response: Parameters<ReturnType<typeof json>>[0], request: SeenRequest) => {
    const answers = linesOf(request).map(({ input: { ref } }) => ({
      ...{ data: { ref }, receipt: `of-${ref}`, repeated: false },
      ...answerOf(ref),
    }));
    json(200, { result: { data: { answers, receipt: `chunk-${chunk++}` } } })(response, request);
  };
}
const told = (code: string, retryable: boolean) => ({
  error: { message: "No.", data: { code, retryable } },
});
const batch = (ref: string) =>
  ({ command: "stock.addBatch", input: { ref, sku: "TEE", qty: 1 } }) as const;
const batches = (count: number) => Array.from({ length: count }, (_, i) => batch(`b${i}`));

type Outcome = BulkOutcome<ReturnType<typeof batch>>;
async function collect(outcomes: AsyncIterable<Outcome>) {
  const collected: Outcome[] = [];
  for await (const outcome of outcomes) collected.push(outcome);
  return collected;
}

test("many go in chunks of a hundred, and are answered in the order given", async () => {
  const { baseUrl, seen } = await scriptedServer(answering());
  const outcomes = await collect(new Selvedge({ baseUrl }).bulk(batches(250)));
  expect(seen.map((request) => linesOf(request).length)).toEqual([100, 100, 50]);
  expect(seen[0]?.path).toBe("/selvedge/bulk");
  expect(outcomes.map(({ index }) => index)).toEqual(batches(250).map((_, i) => i));
  expect(outcomes[249]).toMatchObject({
    ...{ outcome: "applied", data: { ref: "b249" }, receipt: "of-b249" },
    commandId: linesOf(seen[2])[49]?.commandId,
  });
});

test("large ones go in smaller chunks", async () => {
  const { baseUrl, seen } = await scriptedServer(answering());
  const large = Array.from({ length: 5 }, (_, i) => batch(`${i}${"x".repeat(100_000)}`));
  await collect(new Selvedge({ baseUrl }).bulk(large));
  expect(seen.map((request) => linesOf(request).length)).toEqual([2, 2, 1]);
});

test("they are taken as they are sent, so there may be millions", async () => {
  const { baseUrl } = await scriptedServer(answering());
  let taken = 0;
  async function* endless() {
    for (;;) yield batch(`b${taken++}`);
  }
  for await (const { index } of new Selvedge({ baseUrl }).bulk(endless())) {
    if (index === 150) break;
  }
  expect(taken).toBe(201);
});

test("all are in one lane, or in that which is named; what has no name has one of its own", async () => {
  const { baseUrl, seen } = await scriptedServer(answering());
  const selvedge = new Selvedge({ baseUrl });
  await collect(selvedge.bulk(batches(2)));
  const inOrderBy = ({ input }: ReturnType<typeof batch>) =>
    input.ref === "b1" ? undefined : "even";
  await collect(selvedge.bulk(batches(3), { inOrderBy }));
  expect(seen.map((request) => linesOf(request).map(({ lane }) => lane))).toEqual([
    ["all", "all"],
    ["even", "#1", "even"],
  ]);
});

test("the receipt of the last chunk covers all", async () => {
  const { baseUrl } = await scriptedServer(answering());
  const selvedge = new Selvedge({ baseUrl });
  await collect(selvedge.bulk(batches(250)));
  expect(selvedge.receipts()).toEqual(["chunk-2"]);
});

test("a chunk that got no answer is sent again under the same ids", async () => {
  const { baseUrl, seen } = await scriptedServer(cut, answering());
  const outcomes = await collect(new Selvedge({ baseUrl }).bulk(batches(2)));
  expect(seen).toHaveLength(2);
  expect(linesOf(seen[1])).toEqual(linesOf(seen[0]));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["applied", "applied"]);
});

test("what failed for a while is sent again, alone", async () => {
  let busy = true;
  const { baseUrl, seen } = await scriptedServer(
    answering((ref) => {
      if (ref === "b0") return told("REFUSED", false);
      const isBusy = ref === "b1" && busy;
      if (isBusy) busy = false;
      return isBusy ? told("UNAVAILABLE", true) : {};
    }),
  );
  const outcomes = await collect(new Selvedge({ baseUrl }).bulk(batches(3)));
  expect(seen.map((request) => linesOf(request).map(({ input }) => input.ref))).toEqual([
    ["b0", "b1", "b2"],
    ["b1"],
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["refused", "applied", "applied"]);
  expect(outcomes[0]).toMatchObject({ error: { commandId: outcomes[0]?.commandId } });
});

test("where the server cannot be reached the ids of that chunk are told before the error", async () => {
  const { baseUrl, seen } = await scriptedServer(answering(), cut);
  const outcomes: Outcome[] = [];
  const reading = async () => {
    const bulk = new Selvedge({ baseUrl }).bulk(batches(300), { timeoutMs: 300 });
    for await (const outcome of bulk) outcomes.push(outcome);
  };
  // The time may also be up in the middle of an attempt.
  const code = expect.stringMatching(/^(NETWORK|TIMEOUT)$/);
  await expect(reading()).rejects.toMatchObject({ code, retryable: true });
  expect(outcomes).toHaveLength(200);
  expect(new Set(outcomes.slice(0, 100).map(({ outcome }) => outcome))).toEqual(
    new Set(["applied"]),
  );
  expect(outcomes.slice(100).map(({ commandId }) => commandId)).toEqual(
    linesOf(seen[1]).map(({ commandId }) => commandId),
  );
  expect(outcomes[150]).toMatchObject({ outcome: "failed", error: { code } });
});

test("a server that refuses the whole of it is believed at once", async () => {
  const { baseUrl, seen } = await scriptedServer(failed(401, { code: "UNAUTHENTICATED" }));
  const reading = collect(new Selvedge({ baseUrl }).bulk(batches(300)));
  await expect(reading).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(seen).toHaveLength(1);
});

test("an answer that is not one a command is no answer", async () => {
  const { baseUrl } = await scriptedServer(
    json(200, { result: { data: { answers: [], receipt: "r" } } }),
  );
  const reading = collect(new Selvedge({ baseUrl }).bulk(batches(1)));
  await expect(reading).rejects.toMatchObject({ code: "INTERNAL" });
});

test("a signal ends it, before the next chunk", async () => {
  const { baseUrl, seen } = await scriptedServer(answering());
  const controller = new AbortController();
  const reading = async () => {
    const bulk = new Selvedge({ baseUrl }).bulk(batches(300), { signal: controller.signal });
    for await (const { index } of bulk) if (index === 99) controller.abort();
  };
  await expect(reading()).rejects.toMatchObject({ code: "ABORTED" });
  expect(seen).toHaveLength(1);
});
