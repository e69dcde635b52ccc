import { SelvedgeError } from "../errors.ts";

/** What a webhook's signature is made over. */
export interface SignedParts {
  readonly id: string;
  /** Seconds since 1970, as the header says them. */
  readonly timestamp: string;
  readonly body: string | Uint8Array;
}

const hmac = { name: "HMAC", hash: "SHA-256" };

/** The signature of a webhook, in base64. Source: https://www.standardwebhooks.com */
export async function signatureOf(secret: string, parts: SignedParts): Promise<string> {
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), hmac, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, signedBytes(parts));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

/** Whether a signature was made with the secret; it takes as long whether or not. */
export async function isSignedWith(
  secret: string,
  parts: SignedParts,
  signature: string,
): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), hmac, false, ["verify"]);
  const bytes = decode(signature);
  return bytes !== undefined && crypto.subtle.verify("HMAC", key, bytes, signedBytes(parts));
}

function signedBytes({ id, timestamp, body }: SignedParts): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const tail = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const all = new Uint8Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

/** The key in a secret: base64 after `whsec_`. */
function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = decode(secret.replace(/^whsec_/, ""));
  if (bytes && bytes.length > 0) return bytes;
  throw new SelvedgeError("This is not the secret of a webhook.", {
    code: "BAD_INPUT",
    hint: "A secret is whsec_ and some base64, as the server showed it once.",
  });
}

function decode(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
