import { SelvedgeError } from "../errors.js";
const hmac = { name: "HMAC", hash: "SHA-256" };
export async function signatureOf(secret, parts) {
    const key = await crypto.subtle.importKey("raw", bytesOf(secret), hmac, false, ["sign"]);
    const signature = await crypto.subtle.sign("HMAC", key, signedBytes(parts));
    return btoa(String.fromCharCode(...new Uint8Array(signature)));
}
export async function isSignedWith(secret, parts, signature) {
    const key = await crypto.subtle.importKey("raw", bytesOf(secret), hmac, false, ["verify"]);
    const bytes = decode(signature);
    return bytes !== undefined && crypto.subtle.verify("HMAC", key, bytes, signedBytes(parts));
}
function signedBytes({ id, timestamp, body }) {
    const head = new TextEncoder().encode(`${id}.${timestamp}.`);
    const tail = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const all = new Uint8Array(head.length + tail.length);
    all.set(head);
    all.set(tail, head.length);
    return all;
}
function bytesOf(secret) {
    const bytes = decode(secret.replace(/^whsec_/, ""));
    if (bytes && bytes.length > 0)
        return bytes;
    throw new SelvedgeError("This is not the secret of a webhook.", {
        code: "BAD_INPUT",
        hint: "A secret is whsec_ and some base64, as the server showed it once.",
    });
}
function decode(base64) {
    try {
        return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    }
    catch {
        return undefined;
    }
}
