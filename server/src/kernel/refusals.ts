/**
 * How a refusal reads at the edge: unknown thing, clash with the present state, or impossible
 * request.
 */
export type RefusalKind = "not-found" | "conflict" | "invalid";

/** One declared reason for which the domain says no. */
export interface RefusalDeclaration {
  readonly kind: RefusalKind;
  /** One sentence for the person who asked. */
  readonly text: string;
  /**
   * The constraint whose violation means this reason, where the database guards it: a unique or
   * exclusion constraint, a foreign key or a check, by its name.
   */
  readonly constraint?: string;
}

/** The domain said no: nothing was changed. */
export class Refusal extends Error {
  readonly reason: string;
  readonly kind: RefusalKind;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(reason: string, declared: RefusalDeclaration, details?: Record<string, unknown>) {
    super(declared.text);
    this.name = "Refusal";
    this.reason = reason;
    this.kind = declared.kind;
    this.details = details;
  }
}

/** A module's refusals: a table of reasons, and the one way to make a refusal from it. */
export interface Refusals<Reason extends string> {
  readonly reasons: Readonly<Record<Reason, RefusalDeclaration>>;
  because(reason: Reason, details?: Record<string, unknown>): Refusal;
}

/**
 * Declares a module's refusals.
 *
 * ```ts
 * export const binRefusals = declareRefusals({
 *   "bin-full": { kind: "conflict", text: "The bin has no room left." },
 * });
 * throw binRefusals.because("bin-full", { bin: "A-01" });
 * ```
 */
export function declareRefusals<Reason extends string>(
  reasons: Record<Reason, RefusalDeclaration>,
): Refusals<Reason> {
  return {
    reasons,
    because: (reason, details) => new Refusal(reason, reasons[reason], details),
  };
}
