import { get, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { Selvedge as Client } from "@selvedge/sdk";
import express from "express";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { selvedgeApplication } from "../application.ts";
import { servedOf } from "../contract/served.ts";
import { silent } from "../log.ts";
import { idsInOrder, writeInCrowd } from "../modules/journal/feed-crowd.fixture.ts";
import { write, writerOf } from "../modules/journal/journal-rows.fixture.ts";
import { seededRandom } from "../sample-day/seeded-random.ts";
import { createSelvedge } from "../selvedge.ts";
import { CallRates } from "./call-rates.ts";
import { feedRoute } from "./feed.ts";
import { makeKey, PartnerKeys } from "./identity.ts";

/* The feed as a stream, over HTTP and the SDK, on a real database. */

let house: TestSelvedge;
beforeAll(async () => {
  house = await startSelvedge({ roles: ["command", "query", "admin"], feedStreamsMax: 4 });
});
afterAll(() => house.stop());

type Filter = Parameters<Client["journal"]["events"]["follow"]>[0];

/** Follows in the background; ends with the test. */
function following(client: Client, filter: Filter = {}) {
  const ending = new AbortController();
  const ids: string[] = [];
  const caughtUpAt: string[] = [];
  const done = (async () => {
    const options = { signal: ending.signal, onCaughtUp: (at: string) => void caughtUpAt.push(at) };
    for await (const { id } of client.journal.events.follow(filter, options)) ids.push(id);
  })();
  const end = () => {
    ending.abort();
    return done;
  };
  onTestFinished(end);
  return { ids, caughtUpAt, end };
}

/** Where the feed ends just now. */
async function here(): Promise<string> {
  for (let after: string | undefined; ; ) {
    const { data } = await house.client.journal.events({ after, limit: 500 });
    after = data.position;
    if (data.caughtUp && data.heldBackMs === 0) return after;
  }
}

/** Opens a stream and reads nothing of it yet. */
async function opened(query = "", headers = {}, baseUrl = house.baseUrl): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${baseUrl}/feed${query}`, { headers }, resolve).once("error", reject);
  });
  response.on("error", () => undefined);
  onTestFinished(() => void response.destroy());
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

/**
 * What is told until so many events were, and there is nothing more to tell for now. Whoever writes
 * elsewhere in the cluster holds new events back for a moment.
 */
async function toldBy(response: IncomingMessage, events = 0): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of response) {
    chunks.push(`${chunk}`);
    const isAtRest = chunks.slice(-2).join("").includes("event: caught-up");
    if (isAtRest && (chunks.join("").match(/^data: /gm) ?? []).length >= events) break;
  }
  return chunks.join("");
}

/** A way to the server whose connections are cut after so many bytes of answers. */
async function cuttingLine(bytesOf: () => number) {
  const { port } = new URL(house.baseUrl);
  const line = { baseUrl: "", cuts: 0, isHarmless: false };
  const server = createServer((near: Socket) => {
    const far = dial(Number(port), "127.0.0.1");
    let left = bytesOf();
    for (const one of [near, far]) one.on("error", () => undefined);
    near.on("close", () => far.destroy()).pipe(far);
    far.on("close", () => near.destroy());
    far.on("data", (chunk) => {
      left -= chunk.length;
      if (line.isHarmless || left > 0) return void near.write(chunk);
      line.cuts += 1;
      near.write(chunk.subarray(0, chunk.length + left), () => near.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  line.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return line;
}

test("over fifty cuts no event is lost, and none told twice", { timeout: 60_000 }, async () => {
  await house.database.query("truncate selvedge.journal");
  const random = seededRandom(20_260_105);
  const line = await cuttingLine(() => random.int(1_000, 4_000));
  const { ids } = following(new Client({ baseUrl: line.baseUrl }));
  const waking = setInterval(() => house.selvedge.engine?.signals.stale(), 20);
  onTestFinished(() => clearInterval(waking));
  for (let round = 0; line.cuts < 50; round += 1) {
    const crowd = { writers: 8, transactions: 10, name: `R${round}` };
    await writeInCrowd(house.database, crowd, () => seededRandom(random.int(0, 1e9)));
  }
  line.isHarmless = true;
  const inOrder = await idsInOrder(house.database);
  await vi.waitFor(() => expect(ids.length).toBeGreaterThanOrEqual(inOrder.length), 20_000);
  expect(ids).toEqual(inOrder);
});

test("who commits late is waited for, and told in turn", async () => {
  const { ids, caughtUpAt } = following(house.client, { after: await here(), kinds: ["Late"] });
  await vi.waitFor(() => expect(caughtUpAt).toHaveLength(1), 15_000);
  const [slow, quick] = [await writerOf(house.database), await writerOf(house.database)];
  await slow.query("begin");
  await write(slow, { id: "slow", kind: "Late" });
  await write(quick, { id: "quick", kind: "Late" });
  const { data } = await house.client.journal.events({ after: caughtUpAt[0], limit: 10 });
  expect(data).toMatchObject({ events: [], caughtUp: true });
  expect(ids).toEqual([]);
  await slow.query("commit");
  await vi.waitFor(() => expect(ids).toEqual(["slow", "quick"]), 15_000);
  await Promise.all([slow.end(), quick.end()]);
});

test("it tells commands of this process and what is asked for alone", async () => {
  const after = await here();
  const { ids, caughtUpAt } = following(house.client, { after, types: ["VariantRegistered"] });
  await vi.waitFor(() => expect(caughtUpAt).toHaveLength(1), 15_000);
  await house.client.catalogue.registerVariant({ sku: "TEE" });
  await house.client.stock.addBatch({ ref: "B-1", sku: "TEE", qty: 1 });
  await house.client.catalogue.registerVariant({ sku: "CAP" });
  await vi.waitFor(() => expect(ids).toEqual(["TEE", "CAP"]), 15_000);
});

test("a browser's reader goes on from its last event, and proxies keep their hands off", async () => {
  const after = await here();
  await house.client.catalogue.registerVariant({ sku: "HAT" });
  const response = await opened("?types=VariantRegistered", { "last-event-id": after });
  const { statusCode, headers } = response;
  expect([statusCode, headers["content-type"], headers["x-accel-buffering"]]).toEqual([
    ...[200, "text/event-stream; charset=utf-8", "no"],
  ]);
  const text = await toldBy(response, 1);
  const [, type, position, data = ""] = /^event: (.*)\nid: (.*)\ndata: (.*)$/m.exec(text) ?? [];
  expect(JSON.parse(data)).toMatchObject({ type, id: "HAT", position });
  expect(type).toBe("VariantRegistered");
});

test.each([
  ["a position of another database", "?after=p1.0123456789ab.1.1", 400, "RECEIPT_REFUSED"],
  ["what is no position", "?after=1", 400, "BAD_INPUT"],
  ["a filter it does not know", "?colour=red", 400, "BAD_INPUT"],
  ["half an aggregate", "?aggregateId=1", 400, "BAD_INPUT"],
  ["a limit", "?limit=1", 400, "BAD_INPUT"],
])("%s is refused in words before anything is told", async (_what, query, status, code) => {
  const response = await opened(query);
  const { error } = JSON.parse(await textOf(response));
  expect([response.statusCode, error.data.code]).toEqual([status, code]);
});

test("it takes a key with the scope, and tells of its tenant alone", async () => {
  const keys = { may: makeKey(), mayNot: makeKey() };
  for (const [name, { hash }] of Object.entries(keys)) {
    await house.database.query(
      `insert into selvedge.partner_key (key_hash, tenant, partner, scopes, hint)
       values ($1, 'other', $2, $3, 'h')`,
      [hash, name, name === "may" ? ["journal:read"] : ["stock:read"]],
    );
  }
  const by = ({ key }: { key: string }) => opened("", { authorization: `Bearer ${key}` });
  expect((await by(keys.mayNot)).statusCode).toBe(403);
  expect(await toldBy(await by(keys.may))).not.toContain("data:");
});

test("it ends with the next heartbeat where the caller may read no more", async () => {
  const engine = house.selvedge.engine;
  if (!engine) throw new Error("It does not run.");
  const error = vi.fn();
  let scopes = ["journal:read"];
  const entry = {
    engine: () => engine,
    authenticate: () => ({ tenant: "default", partner: "spec", actor: "spec", scopes }),
    keys: new PartnerKeys(),
    rates: new CallRates(),
    log: { ...silent, error },
    served: servedOf(selvedgeApplication),
  };
  const options = { streamsMax: 1, heartbeatMs: 20 };
  const server = express().get("/feed", feedRoute(entry, options)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const response = await opened(`?after=${await here()}`, {}, `http://127.0.0.1:${port}`);
  expect(response.statusCode).toBe(200);
  let beats = 0;
  for await (const chunk of response) {
    beats += `${chunk}`.match(/^:$/gm)?.length ?? 0;
    if (beats > 2) scopes = ["stock:read"];
  }
  expect(beats).toBeGreaterThan(2);
  expect(error).not.toHaveBeenCalled();
});

test("beyond so many streams it asks to come again, and following goes on by asking", async () => {
  const streams = await Promise.all(Array.from({ length: 4 }, () => opened()));
  expect(streams.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  const refused = await opened();
  expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "5"]);
  expect(JSON.parse(await textOf(refused)).error.data).toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
  });
  const { ids, caughtUpAt, end } = following(house.client, { after: await here() });
  await vi.waitFor(() => expect(caughtUpAt).not.toHaveLength(0), 15_000);
  await house.client.catalogue.registerVariant({ sku: "SCARF" });
  await vi.waitFor(() => expect(ids).toEqual(["SCARF"]), 10_000);
  await end();
  for (const stream of streams) stream.destroy();
  await vi.waitFor(async () => expect((await opened()).statusCode).toBe(200), 15_000);
});

test("who does not read is not read for", async () => {
  const after = await here();
  await house.database.query(
    `insert into selvedge.journal
       (tenant, kind, id, version, type, data, partner, command_id, actor)
     select 'default', 'Heap', n::text, 1, 'Heaped', json_build_object('text', repeat('x', 5000)),
       'spec', 'written-by-hand', 'spec' from generate_series(1, 3000) as n`,
  );
  const engine = house.selvedge.engine;
  if (!engine) throw new Error("It does not run.");
  const looks = vi.spyOn(engine.readPool, "query");
  onTestFinished(() => looks.mockRestore());
  const response = await opened(`?after=${after}`);
  let before = -1;
  await vi.waitFor(
    () => {
      const now = looks.mock.calls.length;
      const hasStopped = now > 0 && now === before;
      before = now;
      expect(hasStopped).toBe(true);
    },
    { timeout: 20_000, interval: 300 },
  );
  // Fifteen pages are there; some megabytes stand in the buffers between the two.
  expect(before).toBeLessThan(14);
  const text = await toldBy(response, 3_000);
  expect(text.match(/^data: /gm)).toHaveLength(3_000);
});

test.each(["close", "stop"] as const)("streams end when the host says %s", async (which) => {
  const selvedge = createSelvedge({ databaseUrl: house.database.url, roles: ["query"] });
  await selvedge.start();
  const server = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const after = await here();
  const response = await opened(`?after=${after}`, {}, `http://127.0.0.1:${port}`);
  response.resume();
  const closed = new Promise<void>((resolve) => server.once("close", resolve));
  const ended = new Promise<void>((resolve) => response.once("end", resolve));
  if (which === "close") server.close();
  else await selvedge.stop();
  await ended;
  if (which === "stop") server.close();
  await closed;
  await selvedge.stop();
});
