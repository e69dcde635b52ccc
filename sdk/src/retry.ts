import { type Answer, readAnswer } from "./answers.ts";
import { SelvedgeError } from "./errors.ts";
import type { Notices } from "./notices.ts";
import type { Told } from "./watch.ts";

/** One call, ready to be sent as often as need be: the body and the command id stay the same. */
export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it may be sent again when nobody knows what became of it. */
  readonly repeatable: boolean;
  readonly timeoutMs: number;
  /** How long one attempt may take in ms before another is made. */
  readonly attemptTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** How a message is sent. */
export interface Sending {
  readonly fetch: typeof globalThis.fetch;
  /** Most repetitions of one message, beside the time it has. */
  readonly retriesMax: number;
  readonly told: Told;
  readonly notices: Notices;
}

const firstPauseMs = 100;
const pauseMsMax = 5_000;
// A day: what the server accepts; timers would fire at once beyond 2^31 ms.
const timeoutMsMax = 86_400_000;

/** A hundred commands take longer than one, and a verification as long as it takes. */
export const attemptShares = { command: 1, query: 1, bulk: 3, feed: 1, operation: Infinity };

/**
 * Sends a message until an answer has come or its time is up. Pauses between attempts are random up
 * to a bound that doubles ("full jitter"), so that clients of a server that was gone do not return
 * in step. Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function send(message: Message, sending: Sending): Promise<unknown> {
  const endsAt = performance.now() + Math.min(message.timeoutMs, timeoutMsMax);
  for (let attempt = 0; ; attempt++) {
    const leftMs = Math.max(0, endsAt - performance.now());
    // What may not be sent twice is waited for to the end.
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
    if (!again || late) throw answer.error;
    sending.told.retry({ attempt: attempt + 1, pauseMs, error: answer.error });
    await pause(pauseMs, message.signal);
  }
}

async function attemptOnce(message: Message, sending: Sending, leftMs: number): Promise<Answer> {
  const { url, signal } = message;
  if (signal?.aborted) throw aborted(signal);
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
      // A followed redirect would turn the POST into a GET, or carry the key elsewhere.
      redirect: "manual",
    });
    sending.notices.hear(response.headers.get("selvedge-notice"));
    const contract = message.headers["selvedge-contract"];
    return readAnswer(url, response, { text: await response.text(), contract });
  } catch (cause) {
    if (signal?.aborted) throw aborted(signal);
    const error = late ? timedOut(message, cause) : unreachable(url, cause);
    return { ok: false, error, again: true };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

// The server is told a little less than we have, so that its own words ("not fresh yet, 3 pending")
// reach us before we stop listening.
function tellServer(leftMs: number): number {
  return Math.max(1, Math.floor(leftMs - Math.min(500, leftMs / 10)));
}

/** Waits; rejects as aborted where the signal fires sooner. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(aborted(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** The error of a call that its caller gave up. */
export function aborted(signal: AbortSignal | undefined): SelvedgeError {
  return new SelvedgeError("The call was aborted.", { code: "ABORTED", cause: signal?.reason });
}

function timedOut({ url, timeoutMs }: Message, cause: unknown): SelvedgeError {
  const message = `No answer from ${url} within ${timeoutMs} ms.`;
  return new SelvedgeError(message, { code: "TIMEOUT", retryable: true, cause });
}

function unreachable(url: string, cause: unknown): SelvedgeError {
  // undici says "fetch failed" and hides the reason one level down.
  const deeper = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = deeper instanceof Error ? deeper.message || deeper.name : String(deeper);
  const message = `The connection to ${url} failed: ${why}`;
  return new SelvedgeError(message, { code: "NETWORK", retryable: true, cause });
}
