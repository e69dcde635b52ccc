import type { WatchCalls } from "./watch.ts";

/** How to reach a Selvedge, and how to behave towards it. */
export interface SelvedgeOptions {
  /** Where Selvedge is mounted, e.g. `https://erp.example/selvedge`; calls go below it. */
  baseUrl: string;
  /** A partner's key (`slv_...`). */
  apiKey?: string | undefined;
  /** Used instead of the global `fetch`, e.g. to add a header of the host's. */
  fetch?: typeof globalThis.fetch | undefined;
  /** How long a call may take in ms once it is sent, all attempts together. Default: 30,000. */
  timeoutMs?: number | undefined;
  /**
   * How long one attempt may take in ms before another is made: connections can die without a word.
   * Default: 10,000, twice what the server takes for a query.
   */
  attemptTimeoutMs?: number | undefined;
  /** Most repetitions of one call, beside the time it has. Default: as the time allows. */
  retriesMax?: number | undefined;
  /**
   * `own-writes` (default): a query shows what this instance's commands have written, and waits for
   * it where it must; so give each user of a server their own instance. `none`: a query asks for no
   * more than its `atLeast` does.
   */
  consistency?: "own-writes" | "none" | undefined;
  /**
   * Told of every call that begins, for logs, metrics and traces; it may answer headers to send and
   * what to tell of retries and of the end.
   */
  watchCalls?: WatchCalls | undefined;
  /**
   * Hears, once each, what the server wants its callers to know: that a procedure is deprecated and
   * what to use instead, or that this SDK is newer than the server. Default: `console.warn`.
   */
  onNotice?: ((notice: string) => void) | undefined;
}
