import { signatureOf } from "../webhooks/signature.js";
export async function signedWebhook(payload, { secret, id = `msg_${newId()}`, at = Date.now() }) {
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
function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
