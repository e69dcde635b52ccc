import { createHmac, randomBytes } from "node:crypto";

/** A secret that messages are signed with, as its receiver keeps it. */
export function makeSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** A message as it is signed and sent. */
export interface Message {
  /** The same for each attempt: a receiver knows by it what they have. */
  readonly id: string;
  readonly body: string;
}

/**
 * The headers of one attempt, signed with each of the secrets.
 * Source: https://www.standardwebhooks.com, its specification
 */
export function signedHeaders(
  { id, body }: Message,
  secrets: readonly string[],
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
