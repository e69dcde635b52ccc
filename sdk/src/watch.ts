import { isSelvedgeError, type SelvedgeError } from "./errors.ts";

/** A call that begins. */
export interface CallBegin {
  /** `orders.placeOrder`; `bulk` for a chunk of `bulk`. */
  readonly procedure: string;
  readonly kind: "command" | "query" | "operation" | "bulk" | "feed";
  /** Of a command. */
  readonly commandId: string | undefined;
}

/** What is told when a call begins. */
export function begin(kind: CallBegin["kind"], procedure: string, commandId?: string): CallBegin {
  return { kind, procedure, commandId };
}

/** A call that ended. */
export interface CallEnd {
  readonly durationMs: number;
  readonly attempts: number;
  /** What the server's log has the call under, if an answer came. */
  readonly requestId: string | undefined;
  /** Of a call that failed. */
  readonly error: SelvedgeError | undefined;
}

/** An attempt that failed and is followed by another. */
export interface CallRetry {
  /** Which attempt failed, counted from 1. */
  readonly attempt: number;
  /** How long until the next one begins, in ms. */
  readonly pauseMs: number;
  readonly error: SelvedgeError;
}

/** What looks on while one call is made. What it throws is dropped. */
export interface CallWatch {
  /** Sent with every attempt, e.g. `traceparent`; none of them replaces one of the SDK's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  onRetry?(retry: CallRetry): void;
  onEnd?(end: CallEnd): void;
}

/** Told of every call that begins; answers what is to look on, if anything. */
export type WatchCalls = (call: CallBegin) => CallWatch | undefined;

/** What a call tells while it is made. */
export interface Told {
  readonly headers: Readonly<Record<string, string>>;
  retry(retry: CallRetry): void;
  answered(requestId: string | undefined): void;
}

/** Makes a call with whoever looks on. */
export async function watched<Answer>(
  watchCalls: WatchCalls | undefined,
  begin: CallBegin,
  call: (told: Told) => Promise<Answer>,
): Promise<Answer> {
  const begunAt = performance.now();
  const watch = harmless(() => watchCalls?.(begin));
  let attempts = 1;
  let requestId: string | undefined;
  const end = (error?: unknown) => {
    const durationMs = performance.now() - begunAt;
    const failed = isSelvedgeError(error) ? error : undefined;
    const known = requestId ?? failed?.requestId;
    harmless(() => watch?.onEnd?.({ durationMs, attempts, requestId: known, error: failed }));
  };
  try {
    const answer = await call({
      headers: watch?.headers ?? {},
      retry: (retry) => {
        attempts = retry.attempt + 1;
        harmless(() => watch?.onRetry?.(retry));
      },
      answered: (id) => {
        requestId = id;
      },
    });
    end();
    return answer;
  } catch (error) {
    end(error);
    throw error;
  }
}

/** Who only looks on must not be able to stop a call. */
function harmless<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
