import { Selvedge as Client } from "@selvedge/sdk";
import { PgBoss } from "pg-boss";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { makeKey } from "../http/identity.ts";
import { defaultSchemas } from "../kernel/schemas.ts";
import { write, writerOf } from "../modules/journal/journal-rows.fixture.ts";
import { seededRandom } from "../sample-day/seeded-random.ts";
import { WebhookDeliverer } from "./deliverer.ts";
import { answer, type Reaction, signedBy, startReceiver, take } from "./receiver.fixture.ts";

/* Webhooks over a real database to a receiver on this machine. */

const soon = { timeout: 15_000, interval: 20 };
const reason = "a spec says so";

let house: TestSelvedge;
let jobs: PgBoss;
let deliverer: WebhookDeliverer;
beforeAll(async () => {
  const roles = ["command", "query", "admin"] as const;
  house = await startSelvedge({ roles, webhooks: { allowPrivate: true } });
  jobs = await startJobs();
  deliverer = delivererOf(jobs);
  await deliverer.start();
});
afterAll(async () => {
  await deliverer.stop();
  await jobs.stop({ graceful: false });
  await house.stop();
});

async function startJobs(): Promise<PgBoss> {
  const started = new PgBoss({
    connectionString: house.database.url,
    schema: defaultSchemas.jobs,
    ...{ useListenNotify: true, schedule: false, max: 3 },
  });
  started.on("error", () => undefined);
  await started.start();
  return started;
}

function delivererOf(jobs: PgBoss): WebhookDeliverer {
  const { engine } = house.selvedge;
  if (!engine) throw new Error("It does not run.");
  return new WebhookDeliverer({
    ...{ engine, jobs, databaseUrl: house.database.url },
    pace: { firstPauseMs: 10, pauseMsMax: 40 },
    ...{ timeoutMs: 300, sweepMs: 50 },
  });
}

/** A receiver that has subscribed. */
async function subscribed(
  filter: { types?: string[]; kinds?: string[] } = {},
  client = house.client,
) {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const { id, secret, position } = await client.webhooks.subscribe({
    url: receiver.url,
    ...filter,
  });
  const state = async () => {
    const { deliveries } = await client.webhooks.deliveries({ id });
    return deliveries[0];
  };
  const eventsSince = async () => {
    const { data } = await client.journal.events({ after: position, limit: 500, ...filter });
    return data.events;
  };
  onTestFinished(async () => {
    await client.webhooks.unsubscribe({ id, reason }).catch(() => undefined);
  });
  return { ...receiver, id, secret, state, eventsSince };
}

const idOf = ({ position }: { position: string }) => position.replaceAll(".", "_");

/** Commits so many events of a kind. */
async function happened(kind: string, count: number): Promise<void> {
  const writer = await writerOf(house.database);
  for (let n = 0; n < count; n += 1) await write(writer, { id: crypto.randomUUID(), kind });
  await writer.end();
  house.selvedge.engine?.signals.stale();
}

test("each event is one message, signed, in the order of the feed", async () => {
  const it = await subscribed({ types: ["VariantRegistered"] });
  for (const sku of ["TEE", "CAP", "HAT"]) await house.client.catalogue.registerVariant({ sku });
  await vi.waitFor(() => expect(it.received).toHaveLength(3), soon);
  const events = await it.eventsSince();
  expect(it.received.map(({ id }) => id)).toEqual(events.map(idOf));
  const [event] = events;
  const [first] = it.received;
  if (!first) throw new Error("Nothing was received.");
  expect(JSON.parse(first.body)).toEqual({
    ...{ type: "VariantRegistered", timestamp: event?.at },
    data: event,
  });
  expect(it.received.map((one) => signedBy(it.secret, one))).toEqual([0, 0, 0]);
  expect(signedBy(it.secret, { ...first, body: `${first.body} ` })).toBe(-1);
  expect(Math.abs(Number(first.headers["webhook-timestamp"]) - Date.now() / 1_000)).toBeLessThan(
    60,
  );
  await vi.waitFor(async () => {
    expect(await it.state()).toMatchObject({
      ...{ delivered: 3, position: events[2]?.position, failures: 0, paused: false },
      ...{ lag: { events: 0, ms: 0, atLeast: false }, lastStatus: 204, lastError: null },
    });
  }, soon);
});

test("whatever befalls messages, all are taken, in order, and each once", async () => {
  const it = await subscribed({ kinds: ["Rough"] });
  const dice = seededRandom(20_260_106);
  const troubles: [Reaction, ...Reaction[]] = [
    answer(500),
    answer(302, { location: "http://127.0.0.1:1/" }),
    answer(429, { "retry-after": "0" }),
    (response) => void response.destroy(),
    (response) => void response.writeHead(200, { "content-length": "0" }).destroy(),
    // Too late.
    () => undefined,
  ];
  it.react((response, received) =>
    (dice.chance(0.3) ? dice.pick(troubles) : take)(response, received),
  );
  await happened("Rough", 30);
  await vi.waitFor(async () => expect(await it.state()).toMatchObject({ delivered: 30 }), soon);
  const wanted = (await it.eventsSince()).map(idOf);
  expect(wanted).toHaveLength(30);
  expect(it.taken()).toEqual(wanted);
  expect(it.received.length).toBeGreaterThan(30);
  // Nothing overtakes: a message comes again and again until it is taken.
  const inOrder = it.received.map(({ id }) => wanted.indexOf(id));
  expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
});

test("a receiver who takes nothing stops nobody else, and is told later", async () => {
  const stuck = await subscribed({ kinds: ["Both"] });
  const well = await subscribed({ kinds: ["Both"] });
  stuck.react(() => undefined);
  await happened("Both", 5);
  await vi.waitFor(() => expect(well.taken()).toHaveLength(5), soon);
  await vi.waitFor(async () => {
    const state = await stuck.state();
    expect(state).toMatchObject({ delivered: 0, lag: { events: 5, atLeast: false } });
    expect(state?.lastError).toBe("no answer within 0.3 s");
    expect(state?.nextAttemptAt).not.toBeNull();
  }, soon);
  stuck.react(take);
  await vi.waitFor(() => expect(stuck.taken()).toEqual(well.taken()), soon);
});

test("what a receiver asks to wait for is waited for", async () => {
  const it = await subscribed({ kinds: ["Wait"] });
  it.react(answer(503, { "retry-after": "600" }));
  await happened("Wait", 1);
  await vi.waitFor(async () => expect(await it.state()).toMatchObject({ failures: 1 }), soon);
  const { nextAttemptAt } = (await it.state()) ?? {};
  expect(Date.parse(nextAttemptAt ?? "") - Date.now()).toBeGreaterThan(500_000);
  it.react(take);
  await house.client.webhooks.resumeSubscription({ id: it.id });
  await vi.waitFor(() => expect(it.taken()).toHaveLength(1), soon);
  expect(it.received).toHaveLength(2);
});

test("410 pauses, and so do three days of failure; resumed it goes on where it was", async () => {
  const it = await subscribed({ kinds: ["Gone"] });
  const paused = async () => {
    const { subscriptions } = await house.client.webhooks.subscriptions();
    return subscriptions.find(({ id }) => id === it.id)?.paused;
  };
  it.react(answer(410));
  await happened("Gone", 2);
  await vi.waitFor(async () => {
    expect(await paused()).toMatchObject({ by: "selvedge", reason: "the receiver is gone (410)" });
  }, soon);
  expect(it.received).toHaveLength(1);

  it.react(answer(500));
  await house.client.webhooks.resumeSubscription({ id: it.id, reason });
  await vi.waitFor(async () => expect(await it.state()).toMatchObject({ paused: false }), soon);
  await vi.waitFor(async () => {
    expect((await it.state())?.failures).toBeGreaterThan(0);
  }, soon);
  await house.database.query(
    `update selvedge.webhook_subscription set failing_since = now() - interval '73 hours'
     where id = $1`,
    [it.id],
  );
  await vi.waitFor(async () => {
    const words = "it has failed for 3 days: the receiver answered 500";
    expect((await paused())?.reason).toBe(words);
  }, soon);

  it.react(take);
  await house.client.webhooks.resumeSubscription({ id: it.id, reason });
  const wanted = (await it.eventsSince()).map(idOf);
  await vi.waitFor(() => expect(it.taken()).toEqual(wanted), soon);
});

test("the old secret signs beside the new one for a day", async () => {
  const it = await subscribed({ kinds: ["Turn"] });
  const { secret } = await house.client.webhooks.rotateSecret({ id: it.id, reason });
  await happened("Turn", 1);
  await vi.waitFor(() => expect(it.received).toHaveLength(1), soon);
  const [first] = it.received;
  if (!first) throw new Error("Nothing was received.");
  expect([signedBy(secret, first), signedBy(it.secret, first)]).toEqual([0, 1]);
  await house.database.query(
    `update selvedge.webhook_subscription set secret_before_until = now() where id = $1`,
    [it.id],
  );
  const writer = await writerOf(house.database);
  await write(writer, { id: "after", kind: "Turn" });
  await writer.end();
  await vi.waitFor(() => expect(it.received).toHaveLength(2), soon);
  const [, second] = it.received;
  if (!second) throw new Error("Nothing was received.");
  expect([signedBy(secret, second), signedBy(it.secret, second)]).toEqual([0, -1]);
});

test("paused, nothing is sent, and nothing is lost", async () => {
  const it = await subscribed({ kinds: ["Still"] });
  await house.client.webhooks.pauseSubscription({ id: it.id, reason });
  const other = await subscribed({ kinds: ["Still"] });
  await happened("Still", 3);
  await vi.waitFor(() => expect(other.taken()).toHaveLength(3), soon);
  expect(it.received).toEqual([]);
  expect(await it.state()).toMatchObject({ paused: true, lag: { events: 3 } });
  await house.client.webhooks.resumeSubscription({ id: it.id, reason });
  await vi.waitFor(() => expect(it.taken()).toEqual(other.taken()), soon);
});

test("what one has seen goes with who goes on: stopped and started, nothing comes twice", async () => {
  const it = await subscribed({ kinds: ["Shift"] });
  await happened("Shift", 10);
  await vi.waitFor(() => expect(it.received.length).toBeGreaterThan(3), soon);
  await deliverer.stop();
  await jobs.offWork("webhooks");
  deliverer = delivererOf(jobs);
  await deliverer.start();
  const wanted = (await it.eventsSince()).map(idOf);
  await vi.waitFor(() => expect(it.received.map(({ id }) => id)).toEqual(wanted), soon);
});

test("two processes share the subscriptions, and nothing comes twice", async () => {
  const others = await startJobs();
  const other = delivererOf(others);
  await other.start();
  const all = await Promise.all(Array.from({ length: 4 }, () => subscribed({ kinds: ["Pair"] })));
  for (let round = 0; round < 5; round += 1) await happened("Pair", 6);
  for (const it of all) {
    // Whoever writes elsewhere on the server holds the feed back for a moment.
    const wanted = await vi.waitFor(async () => {
      const told = (await it.eventsSince()).map(idOf);
      expect(told).toHaveLength(30);
      return told;
    }, soon);
    await vi.waitFor(() => expect(it.taken()).toHaveLength(30), soon);
    expect(it.received.map(({ id }) => id)).toEqual(wanted);
  }
  await other.stop();
  await others.stop({ graceful: false });
});

test("a test message is sent at once and tells what came of it", async () => {
  const it = await subscribed({ kinds: ["None"] });
  expect(await house.client.webhooks.sendTest({ id: it.id })).toMatchObject({
    ...{ taken: true, status: 204, error: null },
  });
  const [first] = it.received;
  if (!first) throw new Error("Nothing was received.");
  expect(JSON.parse(first.body)).toMatchObject({
    type: "webhooks.test",
    data: { subscription: it.id },
  });
  expect(signedBy(it.secret, first)).toBe(0);
  it.react(answer(404));
  expect(await house.client.webhooks.sendTest({ id: it.id })).toMatchObject({
    ...{ taken: false, status: 404, error: "the receiver answered 404" },
  });
  await it.close();
  expect(await house.client.webhooks.sendTest({ id: it.id })).toMatchObject({
    ...{ taken: false, status: null, error: "the connection failed: ECONNREFUSED" },
  });
});

test("a position of another database pauses, for somebody to say what is passed over", async () => {
  const it = await subscribed({ kinds: ["Else"] });
  await house.client.webhooks.pauseSubscription({ id: it.id, reason });
  await house.database.query(
    "update selvedge.webhook_subscription set position = 'p1.0123456789ab.1.1' where id = $1",
    [it.id],
  );
  await house.client.webhooks.resumeSubscription({ id: it.id, reason });
  await vi.waitFor(async () => {
    const { subscriptions } = await house.client.webhooks.subscriptions();
    expect(subscriptions.find(({ id }) => id === it.id)?.paused?.reason).toBe(
      "its position is from another database",
    );
  }, soon);
  const after = "p1.0123456789ab.1.1";
  await expect(house.client.webhooks.subscribe({ url: it.url, after })).rejects.toMatchObject({
    code: "RECEIPT_REFUSED",
  });
});

test("partners see and change their own alone, secrets are shown once, and all is on record", async () => {
  const clientOf = async (partner: string, scopes: string[]) => {
    const { key, hash } = makeKey();
    await house.database.query(
      `insert into selvedge.partner_key (key_hash, tenant, partner, scopes, hint)
       values ($1, 'default', $2, $3, 'h')`,
      [hash, partner, scopes],
    );
    return new Client({ baseUrl: house.baseUrl, apiKey: key });
  };
  const one = await clientOf("one", ["webhooks:*", "journal:read"]);
  const other = await clientOf("other", ["webhooks:*"]);
  const it = await subscribed({ kinds: ["Mine"] }, one);
  const { secret } = await one.webhooks.rotateSecret({ id: it.id, reason });
  const listed = await one.webhooks.subscriptions();
  expect(listed.subscriptions.map(({ id, partner }) => [id, partner])).toEqual([[it.id, "one"]]);
  const told = JSON.stringify([listed, await one.webhooks.deliveries()]);
  for (const text of [it.secret, secret]) expect(told).not.toContain(text);

  expect(await other.webhooks.subscriptions()).toEqual({ subscriptions: [] });
  expect(await other.webhooks.deliveries({ id: it.id })).toEqual({ deliveries: [] });
  const { id } = it;
  for (const change of [
    () => other.webhooks.pauseSubscription({ id, reason }),
    () => other.webhooks.resumeSubscription({ id }),
    () => other.webhooks.unsubscribe({ id }),
    () => other.webhooks.rotateSecret({ id }),
    () => other.webhooks.sendTest({ id }),
  ]) {
    await expect(change()).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  await expect(other.webhooks.subscribe({ url: it.url })).rejects.toMatchObject({
    ...{ code: "FORBIDDEN", message: "This needs the scope journal:read as well." },
  });
  await one.webhooks.unsubscribe({ id, reason });
  const log = await house.database.query<{ action: string }>(
    "select action, subject, reason from selvedge.operation_log where partner = 'one' order by id",
  );
  expect(log.map(({ action }) => action)).toEqual([
    ...["webhooks.subscribe", "webhooks.rotateSecret", "webhooks.unsubscribe"],
  ]);
  for (const text of [it.secret, secret]) expect(JSON.stringify(log)).not.toContain(text);
});
