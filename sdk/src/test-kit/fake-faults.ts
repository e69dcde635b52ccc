import type { RefusalKind, SelvedgeErrorCode } from "../errors.ts";

/** What a failing call says beside its code. */
export interface FaultWords {
  message?: string | undefined;
  details?: Readonly<Record<string, unknown>> | undefined;
  hint?: string | undefined;
}

/** What a refusal says beside its reason. */
export interface RefusalWords extends FaultWords {
  /** Default: `conflict`. */
  kind?: RefusalKind | undefined;
}

/** A failure as the server words it. */
export class FakeFault extends Error {
  readonly code: SelvedgeErrorCode;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: SelvedgeErrorCode, message: string, facts: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.facts = facts;
  }
}

const statuses: Readonly<Partial<Record<SelvedgeErrorCode, number>>> = {
  BAD_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  REFUSED: 409,
  CONFLICT: 409,
  COMMAND_ID_REUSED: 409,
  RECEIPT_REFUSED: 400,
  NOT_FRESH: 409,
  TOO_LARGE: 413,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
};
const refusalStatuses: Readonly<Record<RefusalKind, number>> = {
  "not-found": 404,
  conflict: 409,
  invalid: 422,
};
const retryable = new Set<SelvedgeErrorCode>(["CONFLICT", "NOT_FRESH", "TIMEOUT", "UNAVAILABLE"]);

/** Words a refusal. */
export function refusal(
  reason: string,
  { kind = "conflict", message, details, hint }: RefusalWords = {},
): FakeFault {
  const facts = { reason, kind, ...(details && { details }), ...(hint && { hint }) };
  return new FakeFault("REFUSED", message ?? `The command is refused: ${reason}.`, facts);
}

/** What a caller is told of a failure. */
export function reportOf({ code, message, facts }: FakeFault) {
  return { message, data: { code, retryable: retryable.has(code), ...facts } };
}

/** The response that tells of a failure. */
export function faultResponse(fault: FakeFault, requestId: string): Response {
  const kind = fault.facts.kind as RefusalKind | undefined;
  const httpStatus = kind ? refusalStatuses[kind] : (statuses[fault.code] ?? 500);
  const { message, data } = reportOf(fault);
  const error = { message, code: -32_000, data: { ...data, httpStatus, requestId } };
  return jsonResponse(httpStatus, { error }, requestId);
}

/** A response with JSON in it, as the server sends it. */
export function jsonResponse(status: number, body: unknown, requestId: string): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "selvedge-request-id": requestId },
  });
}
