import { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { defaultSchemas } from "../kernel/schemas.ts";

/* What operations see of background work, and do to what failed of it. */

const reason = "a spec says so";
let it: TestSelvedge;
let boss: PgBoss;
beforeAll(async () => {
  const roles = ["command", "query", "admin"] as const;
  it = await startSelvedge({ roles, jobsDashboardUrl: "/jobs" });
});
afterAll(async () => {
  await boss?.stop({ graceful: false });
  await it.stop();
});

const look = () => it.client.operations.jobs();
const queueOf = async (name: string) => (await look()).queues?.find((queue) => queue.name === name);
const troublesOf = async (name: string) =>
  (await look()).troubles.filter(({ queue }) => queue === name);

/** Sends a job, takes it and fails it. */
async function fails(queue: string, error: Error, key = "k"): Promise<string> {
  await boss.send(queue, { printer: 7 }, { singletonKey: key });
  const [job] = await boss.fetch(queue);
  if (!job) throw new Error("There is no job.");
  await boss.fail(queue, job.id, error);
  return job.id;
}

test("where nobody has ever worked on jobs there are no queues, and nothing to do", async () => {
  expect(await look()).toMatchObject({ queues: null, troubles: [], dashboardUrl: "/jobs" });
  const unknown = { queue: "labels", id: crypto.randomUUID(), reason };
  await expect(it.client.operations.retryJob(unknown)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("each queue tells what waits, since when, and what failed", async () => {
  boss = new PgBoss({
    connectionString: it.database.url,
    schema: defaultSchemas.jobs,
    ...{ schedule: false, supervise: false },
  });
  boss.on("error", () => undefined);
  await boss.start();
  await boss.createQueue("lost");
  await boss.createQueue("labels", { deadLetter: "lost", retryLimit: 0 });
  await boss.createQueue("mails", { retryLimit: 0 });
  await boss.createQueue("slips", { retryLimit: 5, retryDelay: 3_600 });
  await boss.send("mails", {});
  await boss.send("mails", {}, { startAfter: 3_600 });
  expect(await queueOf("mails")).toEqual({
    ...{ name: "mails", waiting: 1, later: 1, active: 0, failed: 0, atLeast: false },
    ...{ oldestWaitingAt: expect.stringMatching(/^\d{4}-.*Z$/), deadLetter: null },
  });
  await boss.fetch("mails");
  expect(await queueOf("mails")).toMatchObject({ waiting: 0, active: 1, oldestWaitingAt: null });
  expect(await queueOf("labels")).toMatchObject({ deadLetter: "lost" });
});

test("a job that failed is told with its whole error, and is tried again or discarded", async () => {
  const id = await fails("mails", new Error(`no\n${"x".repeat(3_000)}`), "order 7");
  const [trouble] = await troublesOf("mails");
  expect(trouble).toMatchObject({
    ...{ queue: "mails", id, state: "failed", key: "order 7", tries: 1, from: null },
    ...{ retryAt: null, failedAt: expect.any(String) },
  });
  expect(trouble?.error).toMatch(/^Error: no\nx{3000}\n +at /);

  await it.client.operations.retryJob({ queue: "mails", id, reason });
  expect(await troublesOf("mails")).toMatchObject([{ id, state: "retrying" }]);
  const [again] = await boss.fetch("mails");
  expect(again?.id).toBe(id);
  await boss.deleteJob("mails", id);

  const other = await fails("mails", new Error("again"));
  await it.client.operations.discardJob({ queue: "mails", id: other, reason });
  expect(await troublesOf("mails")).toEqual([]);
});

test("what is tried again by itself says when, and is left alone", async () => {
  const id = await fails("slips", new Error("out of paper"));
  const [trouble] = await troublesOf("slips");
  expect(trouble).toMatchObject({ id, state: "retrying", tries: 1, failedAt: null });
  expect(Date.parse(trouble?.retryAt ?? "")).toBeGreaterThan(Date.parse(trouble?.createdAt ?? ""));
  const refused = it.client.operations.discardJob({ queue: "slips", id, reason });
  await expect(refused).rejects.toMatchObject({
    code: "CONFLICT",
    message: "This job has not failed for good.",
  });
});

test("a dead letter says where it failed and why, and goes back there", async () => {
  await fails("labels", new Error("printer on fire"));
  const [dead] = await troublesOf("lost");
  expect(dead).toMatchObject({ state: "dead", from: "labels", tries: 1 });
  expect(dead?.error).toContain("printer on fire");
  expect(await troublesOf("labels")).toEqual([]);
  await it.client.operations.retryJob({ queue: "lost", id: dead?.id ?? "", reason });
  expect(await queueOf("lost")).toMatchObject({ waiting: 0, failed: 0 });
  expect(await queueOf("labels")).toMatchObject({ waiting: 1 });
});

test("webhooks that are told no more are told to whoever operates their house", async () => {
  const { id } = await it.client.webhooks.subscribe({ url: "https://partner.example/hook" });
  const { id: paused } = await it.client.webhooks.subscribe({ url: "https://partner.example/p" });
  await it.client.webhooks.pauseSubscription({ id: paused, reason });
  expect((await look()).undelivered).toEqual([]);
  await it.database.query(
    `update selvedge.webhook_subscription set paused_at = now(), paused_by = 'selvedge',
       paused_reason = 'it has failed for 3 days', failures = 9, last_status = 500,
       last_error = 'boom' where id = $1`,
    [id],
  );
  expect((await look()).undelivered).toMatchObject([
    {
      ...{ id, partner: "local", url: "https://partner.example/hook", failures: 9 },
      ...{ lastStatus: 500, lastError: "boom", reason: "it has failed for 3 days" },
    },
  ]);
});

test("what was done is on record, and what was refused is not", async () => {
  const { entries } = await it.client.operations.log();
  const ofJobs = entries.filter(({ action }) => action.endsWith("job"));
  expect(ofJobs.map(({ action, subject }) => `${action} ${subject.split(" ")[0]}`)).toEqual([
    "retry job lost",
    "discard job mails",
    "retry job mails",
  ]);
  expect(new Set(ofJobs.map(({ reason: why }) => why))).toEqual(new Set([reason]));
});
