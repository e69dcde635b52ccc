import { isErrorCode, type RefusalKind, SelvedgeError, type SelvedgeErrorCode } from "./errors.ts";
import { sdkVersion } from "./version.ts";

/** What came of one attempt. */
export type Answer =
  | { readonly ok: true; readonly value: unknown; readonly requestId: string | undefined }
  | {
      readonly ok: false;
      readonly error: SelvedgeError;
      /** Whether sending it again at once (with a pause) may help. */
      readonly again: boolean;
      /** How long the server asked us to wait. */
      readonly retryAfterMs?: number | undefined;
    };

// Answers of servers and proxies that are busy, starting or gone for a moment.
const passing = new Set([408, 425, 429, 502, 503, 504]);

/** Reads what the server answered; `text` is the whole body, `contract` what the caller said. */
export function readAnswer(
  url: string,
  response: Response,
  { text, contract }: { readonly text: string; readonly contract?: string | undefined },
): Answer {
  const { status } = response;
  const requestId = response.headers.get("selvedge-request-id") ?? undefined;
  const json = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body = json ? parse(text) : undefined;
  // The connection ended early, and neither side noticed: as good as no answer.
  if (json && body === undefined) return cutShort(url, text, requestId);

  if (response.ok && isRecord(body) && isRecord(body.result)) {
    return { ok: true, value: body.result.data, requestId };
  }
  const again = passing.has(status);
  const retryAfterMs = readRetryAfter(response.headers.get("retry-after"));
  const error =
    !response.ok && isRecord(body) && isRecord(body.error) && isRecord(body.error.data)
      ? readFault(body.error.message, body.error.data, response, contract)
      : notSelvedge(url, response, text, requestId);
  return { ok: false, error, again, retryAfterMs };
}

/** An answer in another shape than Selvedge's: a proxy's page, or another server. */
function notSelvedge(
  url: string,
  response: Response,
  text: string,
  requestId: string | undefined,
): SelvedgeError {
  const { status } = response;
  const type = response.headers.get("content-type")?.split(";")[0] ?? "no content type";
  const start = text.trim().replace(/\s+/g, " ").slice(0, 80);
  const redirected = response.type === "opaqueredirect" || (status >= 300 && status < 400);
  const what = redirected ? "a redirect" : `${status}, ${type}: ${start || "(nothing)"}`;
  return new SelvedgeError(
    `What answered at ${url} is not Selvedge, or not this version: ${what}`,
    {
      // A stranger's 200, or a redirect, says that we did not reach the server.
      code: redirected || response.ok ? "NETWORK" : codeOfStatus(status),
      hint: "Check baseUrl (Selvedge answers below <baseUrl>/trpc) and what stands in between.",
      retryable: passing.has(status),
      requestId,
    },
  );
}

/** Reads a failure as the server tells it. */
export function readFault(
  message: unknown,
  data: Record<string, unknown>,
  { status, headers }: Pick<Response, "status" | "headers">,
  contract?: string,
): SelvedgeError {
  const { reason, kind, details, hint } = data;
  // A newer server may know codes that this version does not.
  const code = isErrorCode(data.code) ? data.code : codeOfStatus(status);
  return new SelvedgeError(typeof message === "string" ? message : "The call failed.", {
    code,
    reason: textOf(reason),
    kind: textOf(kind) as RefusalKind | undefined,
    details: isRecord(details) ? details : undefined,
    hint: textOf(hint) ?? contractHint(code, headers.get("selvedge-contract"), contract),
    requestId: textOf(data.requestId) ?? headers.get("selvedge-request-id") ?? undefined,
    retryable: data.retryable === true,
  });
}

/** What the server does not know or take may be what one of the two contracts does not have. */
function contractHint(
  code: SelvedgeErrorCode,
  served: string | null,
  said: string | undefined,
): string | undefined {
  const strange = code === "BAD_INPUT" || code === "NOT_FOUND";
  if (!strange || served === null || served === said) return undefined;
  return `The server's contract is another than this SDK's (${sdkVersion}): bring it up to date.`;
}

function cutShort(url: string, text: string, requestId: string | undefined): Answer {
  const error = new SelvedgeError(
    `The answer of ${url} broke off after ${text.length} characters.`,
    {
      code: "NETWORK",
      retryable: true,
      requestId,
    },
  );
  return { ok: false, error, again: true };
}

const codesByStatus: Readonly<Record<number, SelvedgeErrorCode>> = {
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

function codeOfStatus(status: number): SelvedgeErrorCode {
  return codesByStatus[status] ?? "INTERNAL";
}

/** `Retry-After` in ms: seconds or a date (RFC 9110, 10.2.3). */
function readRetryAfter(header: string | null): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
