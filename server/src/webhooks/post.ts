import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { lookupPublic, PrivateAddress, whyNotTo } from "./addresses.ts";

/** What came of one attempt. */
export interface Attempt {
  /** What the receiver answered; null where there was no answer. */
  readonly status: number | null;
  /** Why it was not taken; null where it was. */
  readonly error: string | null;
  /** How long the receiver asked us to wait. */
  readonly retryAfterMs: number;
}

const timeoutMsDefault = 10_000;
// Nobody reads what receivers answer; this much is taken so that a connection can be used again.
const answerBytesMax = 16_384;
const idleMs = 5_000;

/** Posts messages to receivers, follows nobody's redirects and reads nobody's answers. */
export class Postman {
  readonly #allowPrivate: boolean;
  readonly #timeoutMs: number;
  readonly #http = new HttpAgent({ keepAlive: true, timeout: idleMs, maxFreeSockets: 20 });
  readonly #https = new HttpsAgent({ keepAlive: true, timeout: idleMs, maxFreeSockets: 20 });

  constructor(options: {
    readonly allowPrivate: boolean;
    readonly timeoutMs?: number | undefined;
  }) {
    this.#allowPrivate = options.allowPrivate;
    this.#timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  }

  /** Posts a message once. Throws only where the signal ended it. */
  async post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal | undefined,
  ): Promise<Attempt> {
    const why = whyNotTo(url, this.#allowPrivate);
    if (why !== undefined) return failed(`the address ${why}`);
    const late = AbortSignal.timeout(this.#timeoutMs);
    const ending = signal ? AbortSignal.any([signal, late]) : late;
    try {
      const response = await this.#request(url, headers, body, ending);
      return attemptOf(response);
    } catch (error) {
      if (late.aborted) return failed(`no answer within ${this.#timeoutMs / 1_000} s`);
      signal?.throwIfAborted();
      return failed(wordsOf(error));
    }
  }

  /** Lets go of connections. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #request(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const [request, agent] = url.startsWith("https:")
      ? ([requestHttps, this.#https] as const)
      : ([requestHttp, this.#http] as const);
    const lookup = this.#allowPrivate ? {} : { lookup: lookupPublic };
    return new Promise((resolve, reject) => {
      const options = { method: "POST", agent, signal, headers: headersOf(headers, body) };
      const sent = request(url, { ...options, ...lookup }, (response) => {
        let bytes = 0;
        response.on("error", () => undefined);
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerBytesMax) response.destroy();
        });
        resolve(response);
      });
      sent.on("error", (error) => {
        // The receiver closed a connection that we had kept; that is nobody's failure.
        if (!sent.reusedSocket || signal.aborted) return reject(error);
        this.#request(url, headers, body, signal).then(resolve, reject);
      });
      sent.end(body);
    });
  }
}

function headersOf(headers: Readonly<Record<string, string>>, body: string) {
  return {
    ...headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "user-agent": "selvedge-webhooks",
  };
}

function attemptOf({ statusCode: status = 0, headers }: IncomingMessage): Attempt {
  if (status >= 200 && status < 300) return { status, error: null, retryAfterMs: 0 };
  const redirected = status >= 300 && status < 400 ? "; redirects are not followed" : "";
  const error = `the receiver answered ${status}${redirected}`;
  return { status, error, retryAfterMs: retryAfterMs(headers["retry-after"]) };
}

/** `Retry-After` in ms: seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | undefined): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function failed(error: string): Attempt {
  return { status: null, error, retryAfterMs: 0 };
}

/** What may be said of a connection that failed: not what stands in anybody's network. */
function wordsOf(error: unknown): string {
  if (error instanceof PrivateAddress) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return `the connection failed: ${code ?? message}`.slice(0, 200);
}
