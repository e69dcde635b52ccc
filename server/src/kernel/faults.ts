import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { ZodError } from "zod";
import { Refusal, type RefusalKind } from "./refusals.ts";

/** The closed union of codes that callers can meet; the SDK has the same one. */
export type FaultCode =
  | "BAD_INPUT"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "REFUSED"
  | "CONFLICT"
  | "COMMAND_ID_REUSED"
  | "RECEIPT_REFUSED"
  | "NOT_FRESH"
  | "TOO_LARGE"
  | "SDK_TOO_OLD"
  | "TIMEOUT"
  | "UNAVAILABLE"
  | "INTERNAL";

type TrpcCode = TRPCError["code"];

const trpcCodes: Record<Exclude<FaultCode, "REFUSED">, TrpcCode> = {
  BAD_INPUT: "BAD_REQUEST",
  UNAUTHENTICATED: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  CONFLICT: "CONFLICT",
  COMMAND_ID_REUSED: "CONFLICT",
  RECEIPT_REFUSED: "BAD_REQUEST",
  NOT_FRESH: "CONFLICT",
  TOO_LARGE: "PAYLOAD_TOO_LARGE",
  SDK_TOO_OLD: "BAD_REQUEST",
  TIMEOUT: "GATEWAY_TIMEOUT",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  INTERNAL: "INTERNAL_SERVER_ERROR",
};

/** All codes that callers can meet. */
export const faultCodes: readonly FaultCode[] = [
  ...(Object.keys(trpcCodes) as FaultCode[]),
  "REFUSED",
];

const refusalCodes: Record<RefusalKind, TrpcCode> = {
  "not-found": "NOT_FOUND",
  conflict: "CONFLICT",
  invalid: "UNPROCESSABLE_CONTENT",
};

const retryable = new Set<FaultCode>(["CONFLICT", "NOT_FRESH", "TIMEOUT", "UNAVAILABLE"]);

// A caller learns what is wrong from the first few; thousands only make a large answer.
const issuesMax = 10;

/** A failure that the caller is told about by its code; anything else is INTERNAL. */
export class Fault extends Error {
  readonly code: Exclude<FaultCode, "REFUSED">;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly hint: string | undefined;
  /** The HTTP status by tRPC's name for it, where another one says more than the code's own. */
  readonly status: TrpcCode;

  constructor(code: Exclude<FaultCode, "REFUSED">, message: string, more: FaultFacts = {}) {
    super(message, { cause: more.cause });
    this.name = "Fault";
    this.code = code;
    this.details = more.details;
    this.hint = more.hint;
    this.status = more.status ?? trpcCodes[code];
  }
}

interface FaultFacts {
  readonly details?: Record<string, unknown>;
  readonly hint?: string;
  readonly status?: TrpcCode;
  readonly cause?: unknown;
}

/** What the caller is told: the `data` of a tRPC error, and its message. */
export interface FaultReport {
  readonly message: string;
  readonly code: FaultCode;
  readonly retryable: boolean;
  readonly reason?: string;
  readonly kind?: RefusalKind;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly hint?: string;
}

/** Turns a refusal or a fault into the error that tRPC maps to an HTTP status. */
export function toTrpcError(cause: unknown): TRPCError {
  if (cause instanceof TRPCError) return cause;
  if (cause instanceof Refusal) return trpcError(refusalCodes[cause.kind], cause);
  if (cause instanceof Fault) return trpcError(cause.status, cause);
  return trpcError("INTERNAL_SERVER_ERROR", cause);
}

function trpcError(code: TrpcCode, cause: unknown): TRPCError {
  return new TRPCError({ code, message: code, cause });
}

/** The HTTP status that a failure is answered with, whichever way its caller came. */
export function httpStatusOf(cause: unknown): number {
  return getHTTPStatusCodeFromError(toTrpcError(cause));
}

/** What may be said of an error: declared refusals and faults in words, the rest as INTERNAL. */
export function reportFault(error: TRPCError): FaultReport {
  const { cause } = error;
  if (cause instanceof Refusal) {
    const { reason, kind, details, message } = cause;
    return {
      message,
      code: "REFUSED",
      reason,
      kind,
      retryable: false,
      ...(details && { details }),
    };
  }
  if (cause instanceof Fault) {
    const { code, details, hint, message } = cause;
    const more = { ...(details && { details }), ...(hint && { hint }) };
    return { message, code, retryable: retryable.has(code), ...more };
  }
  return { ...reportTrpcError(error), retryable: false };
}

function reportTrpcError(error: TRPCError): Omit<FaultReport, "retryable"> {
  switch (error.code) {
    case "BAD_REQUEST":
    case "PARSE_ERROR":
      return {
        message: "The input is not valid.",
        code: "BAD_INPUT",
        details: { issues: issuesOf(error.cause) },
      };
    case "NOT_FOUND":
      return { message: "There is no such procedure.", code: "NOT_FOUND" };
    case "METHOD_NOT_SUPPORTED":
    case "UNSUPPORTED_MEDIA_TYPE":
      return { message: "Send a POST with a JSON body.", code: "BAD_INPUT" };
    case "PAYLOAD_TOO_LARGE":
      return { message: "The request is larger than the server accepts.", code: "TOO_LARGE" };
    default:
      return { message: "Something went wrong on the server.", code: "INTERNAL" };
  }
}

function issuesOf(cause: unknown): { path: string; message: string }[] {
  if (!(cause instanceof ZodError))
    return [{ path: "", message: "is not readable as one JSON input" }];
  return cause.issues.slice(0, issuesMax).map((issue) => ({
    path: issue.path.map(String).join(".").slice(0, 200),
    message: issue.message.slice(0, 200),
  }));
}
