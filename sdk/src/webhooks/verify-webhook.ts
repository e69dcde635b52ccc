import type { JsonValue } from "../calls.ts";
import { SelvedgeError, type SelvedgeErrorCode } from "../errors.ts";
import { isSignedWith, type SignedParts } from "./signature.ts";

/** What came in: headers as any server has them, and the body as it was sent. */
export interface ReceivedWebhook {
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Exactly what was sent: a body that was parsed and written again has another signature. */
  body: string | Uint8Array;
}

/** How a webhook is verified. */
export interface VerifyWebhookOptions {
  /** The endpoint's secret, `whsec_...`; while it is being changed, the old one and the new one. */
  secret: string | readonly string[];
  /** How far the time of sending may be from now, in seconds. Default: 300. */
  toleranceS?: number | undefined;
  /** What the time is, in ms since 1970. Default: the machine's. */
  now?: number | undefined;
}

/** A webhook that was sent by who has the secret. */
export interface VerifiedWebhook<Payload = JsonValue> {
  /** The same each time the webhook is sent: what was seen under it before is a repetition. */
  readonly id: string;
  readonly sentAt: Date;
  readonly payload: Payload;
}

/** Why a webhook is not taken: the `reason` of the error. */
export type WebhookRefusal =
  | "header-missing"
  | "timestamp-invalid"
  | "too-old"
  | "too-new"
  | "signature-differs"
  | "body-invalid";

/**
 * Makes sure that a webhook comes from the server and was not changed on the way; otherwise throws
 * a `SelvedgeError` whose `reason` says why not. Answer 401 then, and do nothing with it.
 *
 * ```ts
 * const { id, payload } = await verifyWebhook({ headers: req.headers, body }, { secret });
 * ```
 *
 * Source: https://www.standardwebhooks.com
 */
export async function verifyWebhook<Payload = JsonValue>(
  { headers, body }: ReceivedWebhook,
  { secret, toleranceS = 300, now = Date.now() }: VerifyWebhookOptions,
): Promise<VerifiedWebhook<Payload>> {
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const sentAtMs = readTimestamp(timestamp, toleranceS, now);
  const signatures = headerOf(headers, "webhook-signature")
    .split(" ")
    .filter((one) => one.startsWith("v1,"))
    .map((one) => one.slice("v1,".length));
  const secrets = typeof secret === "string" ? [secret] : secret;
  if (!(await isSignedWithAny(secrets, { id, timestamp, body }, signatures))) {
    throw refused("signature-differs", "The webhook's signature is not that of its content.");
  }
  return { id, sentAt: new Date(sentAtMs), payload: parse(body) as Payload };
}

async function isSignedWithAny(
  secrets: readonly string[],
  parts: SignedParts,
  signatures: readonly string[],
): Promise<boolean> {
  for (const secret of secrets) {
    for (const signature of signatures) {
      if (await isSignedWith(secret, parts, signature)) return true;
    }
  }
  return false;
}

function headerOf(headers: ReceivedWebhook["headers"], name: string): string {
  // Not `instanceof Headers`: frameworks bring classes of their own.
  const { get } = headers as Headers;
  const value =
    typeof get === "function"
      ? get.call(headers, name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof value === "string" && value !== "") return value;
  throw refused("header-missing", `The webhook has no ${name}.`);
}

function readTimestamp(text: string, toleranceS: number, now: number): number {
  if (!/^\d{1,12}$/.test(text)) {
    throw refused("timestamp-invalid", "The webhook's timestamp is not in seconds since 1970.");
  }
  const ms = Number(text) * 1_000;
  const toleranceMs = toleranceS * 1_000;
  if (ms < now - toleranceMs) {
    throw refused(
      "too-old",
      "The webhook was sent too long ago: it may be an old one, sent again.",
    );
  }
  if (ms > now + toleranceMs) {
    throw refused("too-new", "The webhook was sent in the future: one of two clocks is wrong.");
  }
  return ms;
}

function parse(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
  } catch (cause) {
    throw refused("body-invalid", "The webhook's body is not JSON.", "BAD_INPUT", cause);
  }
}

function refused(
  reason: WebhookRefusal,
  message: string,
  code: SelvedgeErrorCode = "UNAUTHENTICATED",
  cause?: unknown,
): SelvedgeError<WebhookRefusal> {
  return new SelvedgeError(message, { code, reason, cause });
}
