import type { TRPCError } from "@trpc/server";
import { type FaultCode, reportFault, toTrpcError } from "../kernel/faults.ts";
import type { RefusalKind } from "../kernel/refusals.ts";

/** What an error of a call knows beside its message. */
export interface SelvedgeErrorFacts<Reason extends string = string> {
  readonly code: FaultCode;
  readonly reason?: Reason | undefined;
  readonly kind?: RefusalKind | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly hint?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly commandId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

// The SDK's own mark, so that its `isSelvedgeError` knows this error too.
const brand: unique symbol = Symbol.for("selvedge.error") as never;

/** The one error that calls in process fail with: the SDK's, without what networks add to it. */
export class SelvedgeError<Reason extends string = string> extends Error {
  override readonly name = "SelvedgeError";
  readonly code: FaultCode;
  /** Why the domain said no, for `REFUSED`: one of the command's refusals. */
  readonly reason: Reason | undefined;
  readonly kind: RefusalKind | undefined;
  /** Facts about the failure; their shape depends on `code` and `reason`. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** What to do about it, for the person who reads the log. */
  readonly hint: string | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Of a command: repeat it under this id, and it is applied once. */
  readonly commandId: string | undefined;
  /** Names the call in the log. */
  readonly requestId: string | undefined;
  readonly [brand] = true;

  constructor(message: string, facts: SelvedgeErrorFacts<Reason>) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.reason = facts.reason;
    this.kind = facts.kind;
    this.details = facts.details;
    this.hint = facts.hint;
    this.retryable = facts.retryable ?? false;
    this.commandId = facts.commandId;
    this.requestId = facts.requestId;
  }
}

/** Any failure of a procedure as the host meets it. The cause is for logs: callers get words. */
export function toSelvedgeError(
  cause: unknown,
  call: { readonly requestId: string; readonly commandId?: string | undefined },
): SelvedgeError {
  if (cause instanceof SelvedgeError) return cause;
  const error: TRPCError = toTrpcError(cause);
  const { message, ...facts } = reportFault(error);
  return new SelvedgeError(message, { ...facts, ...call, cause: error.cause ?? error });
}
