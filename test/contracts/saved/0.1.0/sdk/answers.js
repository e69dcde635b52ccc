import { isErrorCode, SelvedgeError } from "./errors.js";
import { contractSaid, sdkVersion } from "./version.js";
const passing = new Set([408, 425, 429, 502, 503, 504]);
export function readAnswer(url, response, text) {
    const { status } = response;
    const requestId = response.headers.get("selvedge-request-id") ?? undefined;
    const json = /\bjson\b/.test(response.headers.get("content-type") ?? "");
    const body = json ? parse(text) : undefined;
    if (json && body === undefined)
        return cutShort(url, text, requestId);
    if (response.ok && isRecord(body) && isRecord(body.result)) {
        return { ok: true, value: body.result.data, requestId };
    }
    const again = passing.has(status);
    const retryAfterMs = readRetryAfter(response.headers.get("retry-after"));
    const error = !response.ok && isRecord(body) && isRecord(body.error) && isRecord(body.error.data)
        ? readFault(body.error.message, body.error.data, response)
        : notSelvedge(url, response, text, requestId);
    return { ok: false, error, again, retryAfterMs };
}
function notSelvedge(url, response, text, requestId) {
    const { status } = response;
    const type = response.headers.get("content-type")?.split(";")[0] ?? "no content type";
    const start = text.trim().replace(/\s+/g, " ").slice(0, 80);
    const redirected = response.type === "opaqueredirect" || (status >= 300 && status < 400);
    const what = redirected ? "a redirect" : `${status}, ${type}: ${start || "(nothing)"}`;
    return new SelvedgeError(`What answered at ${url} is not Selvedge, or not this version: ${what}`, {
        code: redirected || response.ok ? "NETWORK" : codeOfStatus(status),
        hint: "Check baseUrl (Selvedge answers below <baseUrl>/trpc) and what stands in between.",
        retryable: passing.has(status),
        requestId,
    });
}
export function readFault(message, data, { status, headers }) {
    const { reason, kind, details, hint } = data;
    const code = isErrorCode(data.code) ? data.code : codeOfStatus(status);
    return new SelvedgeError(typeof message === "string" ? message : "The call failed.", {
        code,
        reason: textOf(reason),
        kind: textOf(kind),
        details: isRecord(details) ? details : undefined,
        hint: textOf(hint) ?? contractHint(code, headers.get("selvedge-contract")),
        requestId: textOf(data.requestId) ?? headers.get("selvedge-request-id") ?? undefined,
        retryable: data.retryable === true,
    });
}
function contractHint(code, served) {
    const strange = code === "BAD_INPUT" || code === "NOT_FOUND";
    if (!strange || served === null || served === contractSaid)
        return undefined;
    return `The server's contract is another than this SDK's (${sdkVersion}): bring it up to date.`;
}
function cutShort(url, text, requestId) {
    const error = new SelvedgeError(`The answer of ${url} broke off after ${text.length} characters.`, {
        code: "NETWORK",
        retryable: true,
        requestId,
    });
    return { ok: false, error, again: true };
}
const codesByStatus = {
    400: "BAD_INPUT",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    408: "TIMEOUT",
    409: "CONFLICT",
    413: "TOO_LARGE",
    425: "UNAVAILABLE",
    429: "UNAVAILABLE",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "TIMEOUT",
};
function codeOfStatus(status) {
    return codesByStatus[status] ?? "INTERNAL";
}
function readRetryAfter(header) {
    if (!header)
        return undefined;
    const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
    return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
function parse(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function textOf(value) {
    return typeof value === "string" ? value : undefined;
}
export function isRecord(value) {
    return typeof value === "object" && value !== null;
}
