import { readAnswer } from "./answers.js";
import { SelvedgeError } from "./errors.js";
const firstPauseMs = 100;
const pauseMsMax = 5_000;
const timeoutMsMax = 86_400_000;
export const attemptShares = { command: 1, query: 1, bulk: 3, feed: 1, operation: Infinity };
export async function send(message, sending) {
    const endsAt = performance.now() + Math.min(message.timeoutMs, timeoutMsMax);
    for (let attempt = 0;; attempt++) {
        const leftMs = Math.max(0, endsAt - performance.now());
        const attemptMs = message.repeatable ? Math.min(leftMs, message.attemptTimeoutMs) : leftMs;
        const answer = await attemptOnce(message, sending, attemptMs);
        if (answer.ok) {
            sending.told.answered(answer.requestId);
            return answer.value;
        }
        const bound = Math.min(pauseMsMax, firstPauseMs * 2 ** attempt);
        const pauseMs = Math.max(Math.random() * bound, answer.retryAfterMs ?? 0);
        const late = performance.now() + pauseMs >= endsAt;
        const again = answer.again && message.repeatable && attempt < sending.retriesMax;
        if (!again || late)
            throw answer.error;
        sending.told.retry({ attempt: attempt + 1, pauseMs, error: answer.error });
        await pause(pauseMs, message.signal);
    }
}
async function attemptOnce(message, sending, leftMs) {
    const { url, signal } = message;
    if (signal?.aborted)
        throw aborted(signal);
    const controller = new AbortController();
    const stop = () => controller.abort();
    signal?.addEventListener("abort", stop, { once: true });
    let late = false;
    const timer = setTimeout(() => {
        late = true;
        stop();
    }, leftMs);
    try {
        const response = await sending.fetch(url, {
            method: "POST",
            headers: { ...message.headers, "selvedge-timeout-ms": String(tellServer(leftMs)) },
            body: message.body,
            signal: controller.signal,
            redirect: "manual",
        });
        sending.notices.hear(response.headers.get("selvedge-notice"));
        return readAnswer(url, response, await response.text());
    }
    catch (cause) {
        if (signal?.aborted)
            throw aborted(signal);
        const error = late ? timedOut(message, cause) : unreachable(url, cause);
        return { ok: false, error, again: true };
    }
    finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
    }
}
function tellServer(leftMs) {
    return Math.max(1, Math.floor(leftMs - Math.min(500, leftMs / 10)));
}
export function pause(ms, signal) {
    return new Promise((resolve, reject) => {
        const stop = () => {
            clearTimeout(timer);
            reject(aborted(signal));
        };
        const timer = setTimeout(() => {
            signal?.removeEventListener("abort", stop);
            resolve();
        }, ms);
        if (signal?.aborted)
            stop();
        else
            signal?.addEventListener("abort", stop, { once: true });
    });
}
export function aborted(signal) {
    return new SelvedgeError("The call was aborted.", { code: "ABORTED", cause: signal?.reason });
}
function timedOut({ url, timeoutMs }, cause) {
    const message = `No answer from ${url} within ${timeoutMs} ms.`;
    return new SelvedgeError(message, { code: "TIMEOUT", retryable: true, cause });
}
function unreachable(url, cause) {
    const deeper = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const why = deeper instanceof Error ? deeper.message || deeper.name : String(deeper);
    const message = `The connection to ${url} failed: ${why}`;
    return new SelvedgeError(message, { code: "NETWORK", retryable: true, cause });
}
