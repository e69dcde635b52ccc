import type { Selvedge } from "@selvedge/sdk";
import { expect, expectTypeOf, test } from "vitest";
import { FakeServer, failure } from "../import/fake-server.fixture.ts";
import { playSampleDay } from "./play-sample-day.ts";
import type { SampleDayClient } from "./sample-day-client.ts";

test("an instance of the SDK can play the day", () => {
  expectTypeOf<Selvedge>().toExtend<SampleDayClient>();
});

test("the day goes through without a refusal, every command under an id of its own", async () => {
  const server = new FakeServer();
  const report = await playSampleDay({ client: server.client });
  expect([report.refused, report.repeated, report.refusals]).toEqual([0, 0, {}]);
  expect(report.applied).toBe(server.sent.length);
  expect(report.applied).toBeGreaterThan(2_500);
  expect(report.applied).toBeLessThan(3_500);
  expect(new Set(server.sent.map((one) => one.commandId)).size).toBe(report.applied);
});

test("the day has backorders, later allocations, cancellations and lines let go", async () => {
  const server = new FakeServer();
  const report = await playSampleDay({ client: server.client });
  expect(report.orders).toBe(1_700);
  expect(report.backordered / report.lines).toBeGreaterThan(0.02);
  expect(report.backordered / report.lines).toBeLessThan(0.1);
  expect(report.allocatedLater).toBeGreaterThan(20);
  expect(server.count("cancelOrder")).toBeGreaterThan(50);
  expect(server.count("deallocateLine")).toBeGreaterThan(20);
  expect(server.count("changeBatchQuantity")).toBeGreaterThan(40);
});

test("a second play applies nothing and comes to the same report", async () => {
  const server = new FakeServer();
  const first = await playSampleDay({ client: server.client });
  const second = await playSampleDay({ client: server.client });
  expect(second).toEqual({ ...first, applied: 0, repeated: first.applied });
});

test("a day that is cut short goes on where it was", async () => {
  const server = new FakeServer();
  server.before = () => {
    if (server.sent.length >= 1_500) throw failure("NETWORK", "refused");
  };
  await expect(playSampleDay({ client: server.client })).rejects.toThrow(/cannot be reached/);

  server.before = () => {};
  const report = await playSampleDay({ client: server.client });
  expect([report.repeated, report.refused]).toEqual([1_500, 0]);
  expect(report.applied).toBeGreaterThan(1_000);
});

test("a step begins when the one before it is done", async () => {
  const server = new FakeServer();
  server.before = () => new Promise<void>((resolve) => setImmediate(resolve));
  const steps: string[] = [];
  const onProgress = ({ step }: { step: string }) => {
    if (steps.at(-1) !== step) steps.push(step);
  };
  await playSampleDay({ client: server.client, concurrency: 8, onProgress });
  expect(steps).toEqual([
    "variants",
    "opening batches",
    "incoming batches",
    "morning orders",
    "noon cancellations",
    "noon flaws",
    "noon delivery",
    "noon allocation",
    "afternoon orders",
    "corrections",
    "evening cancellations",
    "evening delivery",
    "evening allocation",
  ]);
  expect(server.inFlightMax).toBe(8);
});
