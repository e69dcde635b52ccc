import { expect, test, vi } from "vitest";
import { silent } from "../log.ts";
import { Lifecycle, type LifecycleOptions } from "./lifecycle.ts";

type Running = { stop(): Promise<void> };

/** A lifecycle of something that is begun and ended when the test says so. */
function lifecycle(more: Partial<LifecycleOptions<Running>> = {}) {
  const events: string[] = [];
  const attempts: PromiseWithResolvers<void>[] = [];
  const signals: AbortSignal[] = [];
  const attempt = async (signal: AbortSignal) => {
    const n = attempts.push(Promise.withResolvers()) - 1;
    events.push(`begin ${n}`);
    signals.push(signal);
    await attempts[n]?.promise;
    return {
      stop: async () => {
        events.push(`end ${n}`);
      },
    };
  };
  const options = { attempt, onStartFailure: "throw", log: silent, ...more } as const;
  const pace = { firstPauseMs: 1, pauseMsMax: 2 };
  const made = new Lifecycle<Running>({ pace, ...options });
  return { made, events, attempts, signals };
}

test("two who start at once share one start", async () => {
  const { made, events, attempts } = lifecycle();
  expect(made.state).toEqual({ status: "idle", reason: undefined });
  const both = Promise.all([made.start(), made.start()]);
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  expect(made.state.status).toBe("starting");
  attempts[0]?.resolve();
  await both;
  await made.start();
  expect(made.state.status).toBe("running");
  expect(events).toEqual(["begin 0"]);
});

test("two who stop at once share one stop, and a stop of nothing is one", async () => {
  const { made, events, attempts } = lifecycle();
  await made.stop();
  expect(made.state.status).toBe("idle");
  const started = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  attempts[0]?.resolve();
  await started;
  await Promise.all([made.stop(), made.stop()]);
  await made.stop();
  expect(events).toEqual(["begin 0", "end 0"]);
  expect(made.state).toEqual({ status: "stopped", reason: undefined });
});

test("nothing runs from the moment a stop is asked for", async () => {
  const { made, attempts } = lifecycle();
  const started = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  attempts[0]?.resolve();
  await started;
  const stopped = made.stop();
  expect(made.running).toBeUndefined();
  await stopped;
});

test("a stop in the middle of a start ends what the start has begun", async () => {
  const { made, events, attempts, signals } = lifecycle();
  const started = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  const stopped = made.stop();
  expect(signals[0]?.aborted).toBe(true);
  attempts[0]?.resolve();
  await Promise.all([started, stopped]);
  expect(events).toEqual(["begin 0", "end 0"]);
  expect(made.state.status).toBe("stopped");
  expect(made.running).toBeUndefined();
});

test("a start after a stop waits for its end, and may be stopped again", async () => {
  const { made, events, attempts } = lifecycle();
  const first = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  const stopped = made.stop();
  const second = made.start();
  attempts[0]?.resolve();
  await Promise.all([first, stopped]);
  await vi.waitFor(() => expect(attempts).toHaveLength(2));
  expect(events).toEqual(["begin 0", "end 0", "begin 1"]);
  attempts[1]?.resolve();
  await second;
  expect(made.state.status).toBe("running");
  await made.stop();
  expect(events).toEqual(["begin 0", "end 0", "begin 1", "end 1"]);
});

test("a start that fails throws, says why, and may be asked for again", async () => {
  const { made, attempts } = lifecycle();
  const failed = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  attempts[0]?.reject(new Error("The disk is full."));
  await expect(failed).rejects.toThrow("The disk is full.");
  expect(made.state).toEqual({ status: "idle", reason: "The disk is full." });
  const again = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(2));
  attempts[1]?.resolve();
  await again;
  expect(made.state).toEqual({ status: "running", reason: undefined });
});

test("a start that degrades resolves, and is tried until it holds", async () => {
  const { made, attempts } = lifecycle({ onStartFailure: "degrade" });
  const started = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  attempts[0]?.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" }));
  await started;
  const reason = "The database cannot be reached just now (ECONNREFUSED).";
  expect(made.state).toEqual({ status: "degraded", reason });
  await vi.waitFor(() => expect(attempts).toHaveLength(2));
  await made.start();
  attempts[1]?.reject(Object.assign(new Error("role maria"), { code: "28P01" }));
  await vi.waitFor(() => expect(made.state.reason).toMatch(/says no \(28P01\)/));
  await vi.waitFor(() => expect(attempts).toHaveLength(3));
  attempts[2]?.resolve();
  await vi.waitFor(() => expect(made.state).toEqual({ status: "running", reason: undefined }));
});

test("a stop ends the trying, also in its pause", async () => {
  const pace = { firstPauseMs: 1_000_000, pauseMsMax: 1_000_000 };
  const { made, attempts } = lifecycle({ onStartFailure: "degrade", pace });
  const started = made.start();
  await vi.waitFor(() => expect(attempts).toHaveLength(1));
  attempts[0]?.reject(new Error("no"));
  await started;
  await made.stop();
  expect(made.state).toEqual({ status: "stopped", reason: undefined });
  expect(attempts).toHaveLength(1);
});
