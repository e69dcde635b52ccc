import { expect, onTestFinished, test, vi } from "vitest";
import { Selvedge } from "../index.ts";
import { fakeSelvedge } from "../test-kit/index.ts";
import { memoryStore, OfflineQueue, type QueueChange, type QueueStore } from "./index.ts";

/** A house, and two tabs of one scanner over one store. */
function twoTabs(store: QueueStore = memoryStore()) {
  const fake = fakeSelvedge();
  fake.answers("garments.putAway", ({ lpn, bin }) => ({ lpn, bin }) as never);
  const tab = () => {
    const selvedge = new Selvedge(fake.options);
    const queue = new OfflineQueue(selvedge, { store, pauseMsMax: 1 });
    onTestFinished(() => queue.stop());
    const put = (lpn: string) => queue.put("garments.putAway", { lpn, bin: "A-1" });
    return { selvedge, queue, put };
  };
  const sent = () => fake.inputsOf("garments.putAway").map(({ lpn }) => lpn);
  return { fake, store, one: tab(), two: tab(), sent };
}

test("of two tabs one sends, and the other hears of it and sees what was written", async () => {
  const { one, two, sent } = twoTabs();
  one.queue.start();
  two.queue.start();
  const first = await one.put("L-1");
  expect(await one.queue.outcome(first.commandId)).toMatchObject({ state: "applied" });

  const lpns = ["L-2", "L-3", "L-4", "L-5"];
  for (const lpn of lpns) await two.put(lpn);
  await vi.waitFor(() => expect(two.queue.state.applied).toHaveLength(5), 15_000);
  expect(sent()).toEqual(["L-1", ...lpns]);
  // One was sent after the other, so the last receipt proves them all.
  const last = two.queue.state.applied.at(-1)?.outcome.receipt;
  expect(two.selvedge.receipts()).toEqual([last]);
  expect(one.selvedge.receipts()).toEqual([last]);
});

test("when the tab that sends is closed, the other one goes on", async () => {
  const { fake, one, two, sent } = twoTabs();
  one.queue.start();
  const { commandId } = await one.put("L-1");
  await one.queue.outcome(commandId);
  two.queue.start();
  fake.cutNetwork();
  const waiting = await two.put("L-2");
  await one.queue.stop();
  fake.mendNetwork();
  expect(await two.queue.outcome(waiting.commandId)).toMatchObject({ state: "applied" });
  expect(sent()).toEqual(["L-1", "L-2"]);
});

test("a tab that is asked to send while another does is done when nothing is left", async () => {
  const { fake, one, two } = twoTabs();
  one.queue.start();
  await one.queue.send();
  await two.put("L-1");
  expect(await two.queue.send()).toMatchObject({ pending: [], trouble: undefined });
  expect(fake.calls).toHaveLength(1);

  const controller = new AbortController();
  fake.cutNetwork();
  await two.put("L-2");
  const asked = two.queue.send({ signal: controller.signal });
  controller.abort(new Error("The shift is over."));
  await expect(asked).rejects.toThrow("The shift is over.");
});

test("what an earlier run has left is there, and its writes are seen", async () => {
  const { fake, store, one, two } = twoTabs();
  await one.put("L-1");
  await one.queue.send();
  await one.put("L-2");
  fake.cutNetwork();

  await two.queue.ready();
  expect(two.queue.state).toMatchObject({ pending: [{ input: { lpn: "L-2" } }], refused: [] });
  expect(two.selvedge.receipts()).toEqual(one.selvedge.receipts());
  expect(await store.load()).toHaveLength(2);
});

test("a repeated answer is old, so its receipt makes no other unnecessary", async () => {
  const { fake, one, two } = twoTabs();
  await two.queue.ready();
  await one.put("L-1");
  fake.losesAnswers(1);
  await one.queue.send();
  const direct = await one.selvedge.garments.putAway({ lpn: "L-9", bin: "A-2" });
  await one.queue.send();
  const old = one.queue.state.applied[0]?.outcome;
  expect(old?.repeated).toBe(true);
  expect(one.selvedge.receipts()).toEqual([direct.receipt, old?.receipt]);
});

test("every change is told, one after the other", async () => {
  const { fake, one } = twoTabs();
  const controller = new AbortController();
  const told: string[] = [];
  const listening = (async () => {
    for await (const change of one.queue.changes({ signal: controller.signal })) {
      told.push(nameOf(change));
      if (told.length === 8) controller.abort();
    }
  })();
  fake.refuses("garments.putAway", "bin-full", { times: 1 });
  const { commandId } = await one.put("L-1");
  await one.put("L-2");
  await one.queue.send();
  await one.queue.retry(commandId);
  fake.cutNetwork();
  await one.queue.send();
  await one.queue.drop(commandId);
  await one.queue.send();
  await listening;
  expect(told).toEqual([
    "put L-1",
    "put L-2",
    "refused L-1",
    "applied L-2",
    "retried L-1",
    "trouble NETWORK",
    "dropped L-1",
    "trouble none",
  ]);
});

function nameOf(change: QueueChange): string {
  return change.type === "trouble"
    ? `trouble ${change.trouble?.code ?? "none"}`
    : `${change.type} ${(change.command.input as { lpn: string }).lpn}`;
}

test("the state is one object until something changes", async () => {
  const { one } = twoTabs();
  await one.put("L-1");
  const { state } = one.queue;
  expect(one.queue.state).toBe(state);
  await one.queue.send();
  expect(one.queue.state).not.toBe(state);
  expect(one.queue.state).toBe(one.queue.state);
});

test("what waits for a command hears when it is dropped", async () => {
  const { fake, one } = twoTabs();
  fake.cutNetwork();
  const { commandId } = await one.put("L-1");
  const outcome = one.queue.outcome(commandId);
  const gone = expect(outcome).rejects.toMatchObject({ code: "ABORTED", commandId });
  await one.queue.drop(commandId);
  await gone;
  await expect(one.queue.outcome(commandId)).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("a command that is under way is not dropped", async () => {
  const { fake } = twoTabs();
  let arrive = () => {};
  let release = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const selvedge = new Selvedge({
    ...fake.options,
    fetch: async (...args) => {
      arrive();
      await held;
      return (fake.options.fetch as typeof fetch)(...args);
    },
  });
  const queue = new OfflineQueue(selvedge, { store: memoryStore() });
  const { commandId } = await queue.put("garments.putAway", { lpn: "L-1", bin: "A-1" });
  const sending = queue.send();
  await arrived;
  await expect(queue.drop(commandId)).rejects.toMatchObject({
    message: "The command is being sent just now.",
  });
  release();
  expect((await sending).applied).toHaveLength(1);
});

test("a store that keeps nothing says so before anything is believed to be kept", async () => {
  const store = memoryStore();
  const { one } = twoTabs({
    ...store,
    add: () => Promise.reject(new Error("no space left on device")),
  });
  await expect(one.put("L-1")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    reason: "not-kept",
    message: "The command could not be kept: no space left on device",
  });
  expect(one.queue.state.pending).toEqual([]);
});

test("what was applied and could not be noted is sent again, and found to be applied", async () => {
  const store = memoryStore();
  let failures = 2;
  const { fake, one } = twoTabs({
    ...store,
    settle: async (...args) => {
      if (failures-- > 0) throw new Error("no space left on device");
      await store.settle(...args);
    },
  });
  one.queue.start();
  const { commandId } = await one.put("L-1");
  expect(await one.queue.outcome(commandId)).toMatchObject({ state: "applied", repeated: true });
  expect(fake.calls.map((call) => call.commandId)).toEqual([commandId, commandId, commandId]);
});
