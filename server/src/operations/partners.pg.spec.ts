import { Selvedge } from "@selvedge/sdk";
import type { Request } from "express";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { serverVersion } from "../version.ts";

/* Who calls, with which key and of what; and what ends when a key is revoked. */

const reason = "a spec says so";
const soon = { timeout: 20_000, interval: 20 };
let it: TestSelvedge;
beforeAll(async () => {
  // A person of the house is let in by the host; partners come with keys.
  const authenticate = ({ headers }: Request) => {
    const [, scopes = "*"] = headers.authorization?.split(" ") ?? [];
    return { tenant: "default", partner: "host", actor: "olga", scopes: scopes.split(",") };
  };
  it = await startSelvedge({ roles: ["command", "query", "admin"], authenticate });
});
afterAll(() => it.stop());

const look = () => it.client.operations.partners();
const partnerOf = async (name: string) =>
  (await look()).partners.find(({ partner }) => partner === name);
const as = (apiKey: string) => new Selvedge({ baseUrl: it.baseUrl, apiKey, retriesMax: 0 });

async function keyFor(partner: string, ...scopes: string[]) {
  const made = await it.client.operations.createKey({ partner, scopes, reason });
  return { ...made, client: as(made.key) };
}

test("a key is shown once, and told with its life but without its secret", async () => {
  const { id, key, hint, client } = await keyFor("acme", "stock:read", "catalogue:*");
  expect(await partnerOf("acme")).toMatchObject({
    keys: [{ id, hint, createdBy: "olga", lastUsedAt: null, revoked: null }],
    ...{ sdks: [], procedures: [], subscriptions: { told: 0, paused: 0 } },
  });
  await client.stock.sellableAvailability({});
  const [used] = (await partnerOf("acme"))?.keys ?? [];
  expect(used?.lastUsedAt).not.toBeNull();
  expect(used?.scopes).toEqual(["stock:read", "catalogue:*"]);
  expect(JSON.stringify(await look())).not.toContain(key);
});

test("what a partner calls is counted by procedure and by SDK, one by one or many at once", async () => {
  const { key, client } = await keyFor("counted", "stock:*", "catalogue:*", "operations:read");
  for (let n = 0; n < 3; n += 1) await client.stock.sellableAvailability({});
  const command = "catalogue.registerVariant" as const;
  const many = ["A", "B"].map((sku) => ({ command, input: { sku } }));
  for await (const { outcome } of client.bulk(many)) expect(outcome).toBe("applied");
  const authorization = `Bearer ${key}`;
  const path = "v1/queries/stock/sellableAvailability";
  const found = await fetch(`${it.baseUrl}/${path}`, { headers: { authorization } });
  expect(found.status).toBe(200);
  // Neither what does not exist nor what the admin page asks each second.
  await fetch(`${it.baseUrl}/trpc/stock.noSuch`, {
    method: "POST",
    body: "{}",
    headers: { authorization, "content-type": "application/json" },
  });
  await client.operations.lag();

  const counted = await partnerOf("counted");
  const calls = counted?.procedures.map(({ procedure, calls: n }) => [procedure, n]);
  expect(calls?.sort()).toEqual([
    ["catalogue.registerVariant", 2],
    ["stock.sellableAvailability", 4],
  ]);
  expect(counted?.sdks.map(({ sdk, calls: n }) => [sdk, n]).sort()).toEqual([
    ["", 1],
    [`js/${serverVersion}`, 5],
  ]);
  expect(counted?.procedures.map(({ deprecated }) => deprecated)).toEqual([null, null]);
});

test("partners of another house are nobody else's", async () => {
  await it.database.query(
    `insert into selvedge.partner_key (tenant, partner, scopes, key_hash, hint)
     values ('elsewhere', 'theirs', '{*}', 'hash', 'hint')`,
  );
  expect(await partnerOf("theirs")).toBeUndefined();
  const [{ id = "" } = {}] = await it.database.query<{ id: string }>(
    "select id from selvedge.partner_key where partner = 'theirs'",
  );
  const refused = it.client.operations.revokeKey({ id, reason });
  await expect(refused).rejects.toMatchObject({ code: "NOT_FOUND" });
});

describe("making keys", () => {
  test("is not for who only operates", async () => {
    const operator = as("operations:*");
    await operator.operations.partners();
    const input = { partner: "friend", scopes: ["operations:read"], reason };
    await expect(operator.operations.createKey(input)).rejects.toMatchObject({
      ...{ code: "FORBIDDEN", message: "This needs the scope keys:write." },
    });
  });

  test.each([["*"], ["orders:*"], ["orders:write"]])("nobody gives %s without it", async (one) => {
    const keeper = as("keys:write,orders:read,stock:*");
    const input = { partner: "friend", scopes: ["stock:write", "orders:read", one], reason };
    await expect(keeper.operations.createKey(input)).rejects.toMatchObject({
      ...{ code: "FORBIDDEN", message: expect.stringContaining(`the scope ${one}:`) },
    });
    expect(await partnerOf("friend")).toBeUndefined();
  });

  test("takes scopes as they are written, and no others", async () => {
    const odd = it.client.operations.createKey({ partner: "odd", scopes: ["Orders"], reason });
    await expect(odd).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

describe("a revoked key", () => {
  test("is refused at once, and says by whom and why", async () => {
    const { id, client } = await keyFor("gone", "stock:read");
    await client.stock.sellableAvailability({});
    const revoked = await it.client.operations.revokeKey({ id, reason: "it leaked" });
    expect(revoked).toEqual({ isLast: true, subscriptionsStopped: 0 });
    const refused = client.stock.sellableAvailability({});
    await expect(refused).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    const [key] = (await partnerOf("gone"))?.keys ?? [];
    expect(key?.revoked).toMatchObject({ by: "olga", reason: "it leaked" });
    const again = it.client.operations.revokeKey({ id, reason });
    await expect(again).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("ends the streams that were opened with it, and no others", async () => {
    const leaves = await keyFor("leaves", "journal:read");
    const stays = await keyFor("stays", "journal:read");
    const gone = await streamOf(leaves.key);
    const there = await streamOf(stays.key);
    await it.client.operations.revokeKey({ id: leaves.id, reason });
    await vi.waitFor(() => expect(gone.hasEnded()).toBe(true), soon);
    await it.client.catalogue.registerVariant({ sku: "AFTER" });
    await vi.waitFor(() => expect(there.text()).toContain("AFTER"), soon);
    expect(there.hasEnded()).toBe(false);
    expect(gone.text()).not.toContain("AFTER");
  });

  test("stops its partner's webhooks once it was the last", async () => {
    const [first, last] = [await keyFor("hooked", "*"), await keyFor("hooked", "*")];
    const { id } = await first.client.webhooks.subscribe({ url: "https://partner.example/" });
    const mine = async () => {
      const { subscriptions } = await it.client.webhooks.subscriptions();
      return subscriptions.find((one) => one.id === id)?.paused;
    };
    expect(await it.client.operations.revokeKey({ id: first.id, reason })).toEqual({
      ...{ isLast: false, subscriptionsStopped: 0 },
    });
    expect(await mine()).toBeNull();
    expect(await it.client.operations.revokeKey({ id: last.id, reason })).toEqual({
      ...{ isLast: true, subscriptionsStopped: 1 },
    });
    expect(await mine()).toMatchObject({
      ...{ by: "selvedge", reason: "the last key of its partner was revoked" },
    });
    expect((await partnerOf("hooked"))?.subscriptions).toEqual({ told: 0, paused: 1 });
  });
});

test("who made and revoked keys is on record, without the keys", async () => {
  const { entries } = await it.client.operations.log();
  const ofKeys = entries.filter(({ action }) => action.endsWith("key"));
  expect(ofKeys.filter(({ action }) => action === "revoke key").length).toBe(4);
  expect(ofKeys.at(-1)).toMatchObject({ action: "create key", actor: "olga", reason });
  expect(ofKeys.at(-1)?.subject).toMatch(/^acme slv_.{4}\.\.\..{4}$/);
});

/** Follows the feed with a key, as text. */
async function streamOf(key: string) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const headers = { authorization: `Bearer ${key}` };
  const { status, body } = await fetch(`${it.baseUrl}/feed`, { headers, signal: ending.signal });
  expect(status).toBe(200);
  let [text, hasEnded] = ["", false];
  void (async () => {
    for await (const part of body ?? []) text += new TextDecoder().decode(part);
    hasEnded = true;
  })().catch(() => undefined);
  await vi.waitFor(() => expect(text).toContain("caught-up"), soon);
  return { text: () => text, hasEnded: () => hasEnded };
}
