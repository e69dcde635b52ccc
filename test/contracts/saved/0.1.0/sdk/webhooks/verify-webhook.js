import { SelvedgeError } from "../errors.js";
import { isSignedWith } from "./signature.js";
export async function verifyWebhook({ headers, body }, { secret, toleranceS = 300, now = Date.now() }) {
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
    return { id, sentAt: new Date(sentAtMs), payload: parse(body) };
}
async function isSignedWithAny(secrets, parts, signatures) {
    for (const secret of secrets) {
        for (const signature of signatures) {
            if (await isSignedWith(secret, parts, signature))
                return true;
        }
    }
    return false;
}
function headerOf(headers, name) {
    const { get } = headers;
    const value = typeof get === "function"
        ? get.call(headers, name)
        : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
    if (typeof value === "string" && value !== "")
        return value;
    throw refused("header-missing", `The webhook has no ${name}.`);
}
function readTimestamp(text, toleranceS, now) {
    if (!/^\d{1,12}$/.test(text)) {
        throw refused("timestamp-invalid", "The webhook's timestamp is not in seconds since 1970.");
    }
    const ms = Number(text) * 1_000;
    const toleranceMs = toleranceS * 1_000;
    if (ms < now - toleranceMs) {
        throw refused("too-old", "The webhook was sent too long ago: it may be an old one, sent again.");
    }
    if (ms > now + toleranceMs) {
        throw refused("too-new", "The webhook was sent in the future: one of two clocks is wrong.");
    }
    return ms;
}
function parse(body) {
    try {
        return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
    }
    catch (cause) {
        throw refused("body-invalid", "The webhook's body is not JSON.", "BAD_INPUT", cause);
    }
}
function refused(reason, message, code = "UNAUTHENTICATED", cause) {
    return new SelvedgeError(message, { code, reason, cause });
}
