import { signatureOf } from "../webhooks/signature.ts";

/** What a webhook is made of, where a test cares. */
export interface SignedWebhookOptions {
  /** The endpoint's secret, `whsec_...`. */
  secret: string;
  /** Default: a new one. */
  id?: string | undefined;
  /** When it is sent: ms since 1970. Default: now. */
  at?: number | undefined;
}

/** A request that a webhook's receiver gets. */
export interface SignedWebhook {
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Makes a webhook as the server sends it, for tests of what receives it.
 *
 * ```ts
 * const webhook = await signedWebhook({ type: "OrderPlaced", data }, { secret });
 * await fetch("http://127.0.0.1:3000/webhooks", webhook);
 * ```
 */
export async function signedWebhook(
  payload: unknown,
  { secret, id = `msg_${newId()}`, at = Date.now() }: SignedWebhookOptions,
): Promise<SignedWebhook> {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const timestamp = String(Math.floor(at / 1_000));
  const signature = await signatureOf(secret, { id, timestamp, body });
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    body,
  };
}

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
