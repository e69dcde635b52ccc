const codes = [
  "BAD_INPUT",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "REFUSED",
  "CONFLICT",
  "COMMAND_ID_REUSED",
  "RECEIPT_REFUSED",
  "NOT_FRESH",
  "TOO_LARGE",
  "SDK_TOO_OLD",
  "TIMEOUT",
  "UNAVAILABLE",
  "INTERNAL",
  "NETWORK",
  "ABORTED",
] as const;

/** Every way a call can fail. `NETWORK` and `ABORTED` arise here, the rest on the server. */
export type SelvedgeErrorCode = (typeof codes)[number];

/** How a refusal reads: unknown thing, clash with the present state, or impossible request. */
export type RefusalKind = "not-found" | "conflict" | "invalid";

/** What a `SelvedgeError` says beside its message. */
export interface SelvedgeErrorFacts<Reason extends string = string> {
  code: SelvedgeErrorCode;
  reason?: Reason | undefined;
  kind?: RefusalKind | undefined;
  details?: Readonly<Record<string, unknown>> | undefined;
  hint?: string | undefined;
  requestId?: string | undefined;
  retryable?: boolean | undefined;
  commandId?: string | undefined;
  cause?: unknown;
}

// In the global symbol registry, so that two copies of this package know each other's errors.
const brand: unique symbol = Symbol.for("selvedge.error") as never;

/** The one error that calls fail with. */
export class SelvedgeError<Reason extends string = string> extends Error {
  override readonly name = "SelvedgeError";
  readonly code: SelvedgeErrorCode;
  /** Why the domain said no, for `REFUSED`: one of the command's refusals. */
  readonly reason: Reason | undefined;
  readonly kind: RefusalKind | undefined;
  /** Facts about the failure; their shape depends on `code` and `reason`. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** What to do about it, for the person who reads the log. */
  readonly hint: string | undefined;
  /** Name it when you ask the operator: the server's log has it. */
  readonly requestId: string | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Of a command: repeat it under this id, and it is applied once. */
  readonly commandId: string | undefined;
  readonly [brand] = true;

  constructor(message: string, facts: SelvedgeErrorFacts<Reason>) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.reason = facts.reason;
    this.kind = facts.kind;
    this.details = facts.details;
    this.hint = facts.hint;
    this.requestId = facts.requestId;
    this.retryable = facts.retryable ?? false;
    this.commandId = facts.commandId;
  }
}

/**
 * Tells a `SelvedgeError` from any other, also one made by another copy of this package.
 *
 * ```ts
 * try {
 *   await selvedge.orders.placeOrder(order);
 * } catch (error) {
 *   if (!isSelvedgeError<PlaceOrderRefusal>(error)) throw error;
 *   if (error.reason === "external-ref-taken") return;
 * }
 * ```
 */
export function isSelvedgeError<Reason extends string = string>(
  error: unknown,
): error is SelvedgeError<Reason> {
  return typeof error === "object" && error !== null && brand in error;
}

/** Whether this version of the SDK knows the code. */
export function isErrorCode(code: unknown): code is SelvedgeErrorCode {
  return (codes as readonly unknown[]).includes(code);
}
