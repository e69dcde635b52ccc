import { expect, onTestFinished, test, vi } from "vitest";
import { Selvedge } from "../index.ts";
import { fakeSelvedge } from "../test-kit/index.ts";
import { commanded, page, scriptedServer } from "../testing/scripted-server.ts";
import {
  memoryStore,
  OfflineQueue,
  type OfflineQueueOptions,
  type QueueChange,
  type QueuedCommand,
} from "./index.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A house, a scanner in it, and the scanner's queue. */
function scanner(options: Partial<OfflineQueueOptions> = {}) {
  const fake = fakeSelvedge();
  fake.answers("garments.putAway", ({ lpn, bin }) => ({ lpn, bin }) as never);
  const selvedge = new Selvedge(fake.options);
  const queue = new OfflineQueue(selvedge, { store: memoryStore(), pauseMsMax: 1, ...options });
  onTestFinished(() => queue.stop());
  const put = (lpn: string, more: Parameters<typeof queue.put>[2] = {}) =>
    queue.put("garments.putAway", { lpn, bin: "A-1" }, more);
  const sent = () => fake.inputsOf("garments.putAway").map(({ lpn }) => lpn);
  return { fake, selvedge, queue, put, sent };
}

const lpnsOf = (list: readonly (QueuedCommand | { command: QueuedCommand })[]) =>
  list.map((one) => {
    const { input } = "command" in one ? one.command : one;
    return (input as { lpn: string }).lpn;
  });

test("what is put in without a network is kept, with its id and its time, and sent in order", async () => {
  const { fake, queue, put, sent } = scanner();
  fake.cutNetwork();
  const first = await put("L-1");
  await put("L-2");
  expect(first).toEqual({
    commandId: expect.stringMatching(uuid),
    path: "garments.putAway",
    input: { lpn: "L-1", bin: "A-1" },
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });

  expect((await queue.send()).trouble).toMatchObject({ code: "NETWORK" });
  expect(lpnsOf(queue.state.pending)).toEqual(["L-1", "L-2"]);

  fake.mendNetwork();
  const { pending, applied, trouble } = await queue.send();
  expect({ pending, trouble }).toEqual({ pending: [], trouble: undefined });
  expect(sent()).toEqual(["L-1", "L-2"]);
  expect(fake.calls[0]?.commandId).toBe(first.commandId);
  expect(applied.map(({ outcome }) => outcome)).toMatchObject([
    { state: "applied", data: { lpn: "L-1" }, repeated: false },
    { state: "applied", data: { lpn: "L-2" }, repeated: false },
  ]);
});

test("the client's own queries show what its queue has written", async () => {
  const { fake, selvedge, queue, put } = scanner();
  fake.answers("bins.binContents", []).withLag("binContents", Infinity);
  await put("L-1");
  const { applied } = await queue.send();
  expect(selvedge.receipts()).toEqual([applied[0]?.outcome.receipt]);
  const { freshness } = await selvedge.bins.binContents({}, { onMiss: "serve" });
  expect(freshness.includesReceipt).toBe(false);
});

test("a command whose answer was lost is sent again under its id, and applied once", async () => {
  const { fake, queue, put } = scanner();
  const { commandId } = await put("L-1");
  fake.losesAnswers(1);
  expect((await queue.send()).trouble).toMatchObject({ code: "NETWORK" });
  const { applied } = await queue.send();
  expect(applied[0]?.outcome).toMatchObject({ repeated: true, data: { lpn: "L-1" } });
  expect(fake.calls.map((call) => call.commandId)).toEqual([commandId, commandId]);
});

test("a refused command tells why, and the others go on", async () => {
  const { fake, queue, put, sent } = scanner();
  const { commandId } = await put("L-1");
  await put("L-2");
  fake.refuses("garments.putAway", "bin-full", { details: { bin: "A-1" }, times: 1 });
  const { refused, applied } = await queue.send();
  expect(refused).toEqual([
    {
      command: expect.objectContaining({ commandId }),
      outcome: {
        state: "refused",
        error: {
          code: "REFUSED",
          reason: "bin-full",
          kind: "conflict",
          message: "The command is refused: bin-full.",
          details: { bin: "A-1" },
          requestId: "fake-1",
        },
        settledAt: expect.any(String),
      },
    },
  ]);
  expect(lpnsOf(applied)).toEqual(["L-2"]);
  await queue.send();
  expect(sent()).toEqual(["L-1", "L-2"]);
});

test("a refused command holds its group until somebody decides", async () => {
  const { fake, queue, put, sent } = scanner();
  const { commandId } = await put("L-1", { group: "tote-7" });
  await put("L-2", { group: "tote-7" });
  await put("L-3", { after: [commandId] });
  await put("L-4");
  fake.refuses("garments.putAway", "bin-full", { times: 1 });
  await queue.send();
  expect(lpnsOf(queue.state.held)).toEqual(["L-2", "L-3"]);
  expect(sent()).toEqual(["L-1", "L-4"]);

  await queue.retry(commandId);
  await queue.send();
  expect(sent()).toEqual(["L-1", "L-4", "L-1", "L-2", "L-3"]);
  expect(queue.state).toMatchObject({ held: [], refused: [], pending: [] });
});

test("a refused command is dropped alone, or with all that waited for it", async () => {
  const { fake, queue, put, sent } = scanner();
  fake.refuses("garments.putAway", "bin-full", { times: 2 });
  const one = await put("L-1", { group: "tote-1" });
  const two = await put("L-2", { group: "tote-2" });
  await put("L-3", { group: "tote-1" });
  await put("L-4", { group: "tote-2" });
  await queue.send();
  await queue.drop(one.commandId, { withThoseAfter: true });
  await queue.drop(two.commandId);
  await queue.send();
  expect(sent()).toEqual(["L-1", "L-2", "L-4"]);
  expect(queue.state).toMatchObject({ held: [], refused: [], pending: [] });
});

test("another command may take a refused one's place, and what waited goes after it", async () => {
  const { fake, queue, put, sent } = scanner();
  fake.refuses("garments.putAway", "bin-full", { times: 1 });
  const { commandId } = await put("L-1", { group: "tote-1" });
  await put("L-2", { group: "tote-1" });
  await put("L-3", { after: [commandId] });
  await queue.send();
  const other = await put("L-1-again", { insteadOf: commandId });
  expect(other).toMatchObject({ group: "tote-1", insteadOf: [commandId] });
  expect(other.commandId).not.toBe(commandId);
  await queue.send();
  expect(sent()).toEqual(["L-1", "L-1-again", "L-2", "L-3"]);

  const none = put("L-4", { insteadOf: commandId });
  await expect(none).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("where a refused command is to stop all, it does", async () => {
  const { fake, queue, put, sent } = scanner({ onRefused: "stop" });
  fake.refuses("garments.putAway", "bin-full", { times: 1 });
  const { commandId } = await put("L-1");
  await put("L-2");
  await queue.send();
  expect(lpnsOf(queue.state.held)).toEqual(["L-2"]);
  await queue.drop(commandId);
  await queue.send();
  expect(sent()).toEqual(["L-1", "L-2"]);
});

test("a full queue says so, and takes more when there is room", async () => {
  const { fake, queue, put } = scanner({ entriesMax: 2 });
  fake.cutNetwork();
  await put("L-1");
  await put("L-2");
  await expect(put("L-3")).rejects.toMatchObject({
    name: "SelvedgeError",
    code: "UNAVAILABLE",
    reason: "queue-full",
    retryable: true,
    message: "The queue holds 2 commands that were not applied yet.",
    details: { entriesMax: 2 },
  });
  expect(lpnsOf(queue.state.pending)).toEqual(["L-1", "L-2"]);
  fake.mendNetwork();
  await queue.send();
  await put("L-3");
});

test("only the last ones that were applied are kept", async () => {
  const { queue, put } = scanner({ appliedKept: 2 });
  for (const lpn of ["L-1", "L-2", "L-3"]) await put(lpn);
  await queue.send();
  expect(lpnsOf(queue.state.applied)).toEqual(["L-2", "L-3"]);
});

test("once started it sends by itself, and goes on when things are better", async () => {
  const { fake, queue, put, sent } = scanner();
  const seen: QueueChange[] = [];
  queue.subscribe((change) => seen.push(change));
  queue.start();
  queue.start();
  const first = await put("L-1");
  expect(await queue.outcome(first.commandId)).toMatchObject({ state: "applied" });

  fake.fails("garments.putAway", "UNAVAILABLE", { times: 3 });
  const second = await put("L-2");
  await put("L-3");
  expect(await queue.outcome(second.commandId)).toMatchObject({ state: "applied" });
  await vi.waitFor(() => expect(queue.state.pending).toEqual([]), 15_000);
  expect(sent()).toEqual(["L-1", "L-2", "L-2", "L-2", "L-2", "L-3"]);
  const told = seen.map((change) =>
    change.type === "trouble" ? `trouble ${change.trouble?.code}` : change.type,
  );
  expect(told.filter((one) => one.startsWith("trouble"))).toEqual([
    "trouble UNAVAILABLE",
    "trouble undefined",
  ]);
  expect(told.filter((one) => one === "applied")).toHaveLength(3);

  await queue.stop();
  await put("L-4");
  expect(lpnsOf(queue.state.pending)).toEqual(["L-4"]);
});

test("the browser's word that there is a network again ends the pause", async () => {
  const browser = new EventTarget();
  vi.stubGlobal("addEventListener", browser.addEventListener.bind(browser));
  vi.stubGlobal("removeEventListener", browser.removeEventListener.bind(browser));
  onTestFinished(() => void vi.unstubAllGlobals());
  const { fake, queue, put, sent } = scanner({ pauseMsMax: 3_600_000 });
  vi.spyOn(Math, "random").mockReturnValue(1);
  onTestFinished(() => void vi.restoreAllMocks());
  fake.cutNetwork();
  queue.start();
  const { commandId } = await put("L-1");
  await vi.waitFor(() => expect(queue.state.trouble).toMatchObject({ code: "NETWORK" }), 15_000);
  fake.mendNetwork();
  // Another scan is no reason to believe that there is a network.
  await put("L-2");
  expect(sent()).toEqual([]);
  browser.dispatchEvent(new Event("online"));
  expect(await queue.outcome(commandId)).toMatchObject({ state: "applied" });
});

test("a page of something in between refuses nothing", async () => {
  const { baseUrl, seen } = await scriptedServer(page(404), page(403), commanded("r1.e.1"));
  const { queue, put } = scanner();
  const real = new OfflineQueue(new Selvedge({ baseUrl }), { store: memoryStore() });
  await real.put("garments.putAway", { lpn: "L-1", bin: "A-1" });
  expect((await real.send()).trouble).toMatchObject({ code: "NOT_FOUND" });
  expect((await real.send()).trouble).toMatchObject({ code: "FORBIDDEN" });
  expect((await real.send()).applied).toHaveLength(1);
  expect(seen).toHaveLength(3);
  await put("L-1");
  expect(queue.state.pending).toHaveLength(1);
});

test("a command that the server cannot do is set aside in the end", async () => {
  const { fake, queue, put } = scanner();
  fake.fails("garments.putAway", "INTERNAL", { times: 5 });
  await put("L-1");
  await put("L-2");
  for (let tries = 1; tries < 5; tries += 1) {
    expect((await queue.send()).trouble).toMatchObject({ code: "INTERNAL" });
  }
  const { refused, applied } = await queue.send();
  expect(lpnsOf(refused)).toEqual(["L-1"]);
  expect(lpnsOf(applied)).toEqual(["L-2"]);
});

test("what is kept but no longer known to the SDK is refused, not lost", async () => {
  const store = memoryStore();
  const { queue } = scanner({ store });
  const at = new Date().toISOString();
  const old = { commandId: crypto.randomUUID(), path: "garments.fold", input: {}, at };
  await store.add(old as never, 10);
  const { refused } = await queue.send();
  expect(refused[0]?.outcome.error).toEqual({
    code: "NOT_FOUND",
    message: "This version of the SDK has no command garments.fold.",
  });
});

test("an input that JSON cannot carry is refused when it is put in", async () => {
  const { queue } = scanner();
  const input = { lpn: "L-1", bin: 1n as unknown as string };
  await expect(queue.put("garments.putAway", input)).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("paths and inputs are those of the contract", async () => {
  const { queue } = scanner();
  // @ts-expect-error: a query is nothing to keep
  await expect(queue.put("bins.emptyBin", {})).rejects.toMatchObject({ code: "BAD_INPUT" });
  // @ts-expect-error: no bin
  await queue.put("garments.putAway", { lpn: "L-1" });
  const [command] = queue.state.pending;
  if (command?.path === "garments.putAway") expect(command.input.lpn).toBe("L-1");
});
