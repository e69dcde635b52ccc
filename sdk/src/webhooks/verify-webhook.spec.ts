import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { signedWebhook } from "../test-kit/index.ts";
import { verifyWebhook } from "./index.ts";

/* The package standardwebhooks is the yardstick: what it signs we take, what we sign it takes. */

const secret = `whsec_${btoa("a secret of twenty-four bytes")}`;
const other = `whsec_${btoa("another one, of another endpoint")}`;
const payload = { type: "OrderPlaced", data: { orderId: "o-1", note: "grün, größer" } };
const theirs = (body: string, id: string, at: Date, by = secret) => ({
  body,
  headers: {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(by).sign(id, at, body),
  },
});

test("what standardwebhooks signs is taken, with its id, its time and its content", async () => {
  const at = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const received = theirs(JSON.stringify(payload), "msg_1", at);
  expect(await verifyWebhook(received, { secret })).toEqual({ id: "msg_1", sentAt: at, payload });
});

test("what the test kit signs is taken, by standardwebhooks too", async () => {
  const { headers, body } = await signedWebhook(payload, { secret });
  expect(new Webhook(secret).verify(body, { ...headers })).toEqual(payload);
  const verified = await verifyWebhook({ headers, body }, { secret });
  expect(verified.payload).toEqual(payload);
  expect(verified.id).toMatch(/^msg_[0-9a-f]{24}$/);
  expect((await signedWebhook(payload, { secret })).headers["webhook-id"]).not.toBe(verified.id);
});

test("headers come as servers have them, and bodies as text or bytes", async () => {
  const { headers, body } = await signedWebhook(payload, { secret });
  const shouted = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
  );
  const bytes = new TextEncoder().encode(body);
  for (const received of [
    { headers: new Headers(headers), body },
    { headers: shouted, body },
    { headers: new Headers(headers), body: bytes },
    { headers, body: Buffer.from(body) },
  ]) {
    expect((await verifyWebhook(received, { secret })).payload).toEqual(payload);
  }
});

test("while a secret is being changed either is taken, and a signature among several", async () => {
  const old = await signedWebhook(payload, { secret: other });
  await expect(verifyWebhook(old, { secret })).rejects.toMatchObject({
    reason: "signature-differs",
  });
  expect((await verifyWebhook(old, { secret: [secret, other] })).payload).toEqual(payload);

  const both = await signedWebhook(payload, { secret, id: "msg_1" });
  const strange = `v1a,${btoa("x")} v1,${btoa("x")} v1,% ${both.headers["webhook-signature"]}`;
  const headers = { ...both.headers, "webhook-signature": strange };
  expect((await verifyWebhook({ ...both, headers }, { secret })).id).toBe("msg_1");
});

describe("a webhook is refused", () => {
  test.each([
    ["signature-differs", { body: '{"type":"OrderPlaced"}' }],
    ["signature-differs", { headers: { "webhook-id": "msg_2" } }],
    ["signature-differs", { headers: { "webhook-signature": "v1," } }],
    ["signature-differs", { headers: { "webhook-signature": "v2,abcd" } }],
    ["header-missing", { headers: { "webhook-id": undefined } }],
    ["header-missing", { headers: { "webhook-timestamp": undefined } }],
    ["header-missing", { headers: { "webhook-signature": "" } }],
    ["header-missing", { headers: { "webhook-id": ["msg_1", "msg_2"] } }],
    ["timestamp-invalid", { headers: { "webhook-timestamp": "yesterday" } }],
    ["timestamp-invalid", { headers: { "webhook-timestamp": "1e9" } }],
  ])("as %s: %j", async (reason, { headers, ...changed }: { headers?: object; body?: string }) => {
    const sent = await signedWebhook(payload, { secret, id: "msg_1" });
    const received = { ...sent, ...changed, headers: { ...sent.headers, ...headers } };
    await expect(verifyWebhook(received, { secret })).rejects.toMatchObject({
      name: "SelvedgeError",
      code: "UNAUTHENTICATED",
      reason,
    });
  });

  test.each([
    ["too-old", -301],
    ["too-new", 302],
  ])("as %s when it is of another time", async (reason, seconds) => {
    const now = Date.now();
    const sent = await signedWebhook(payload, { secret, at: now + seconds * 1_000 });
    await expect(verifyWebhook(sent, { secret, now })).rejects.toMatchObject({ reason });
    const verified = await verifyWebhook(sent, { secret, now, toleranceS: 400 });
    expect(verified.payload).toEqual(payload);
  });

  test("when its body is not JSON, though signed", async () => {
    const sent = await signedWebhook("not JSON", { secret });
    await expect(verifyWebhook(sent, { secret })).rejects.toMatchObject({
      code: "BAD_INPUT",
      reason: "body-invalid",
    });
  });
});

test.each(["", "whsec_", "whsec_%%%"])("%j is no secret, and verifies nothing", async (bad) => {
  const sent = await signedWebhook(payload, { secret });
  await expect(verifyWebhook(sent, { secret: bad })).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: "This is not the secret of a webhook.",
  });
});
