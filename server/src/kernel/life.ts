import type { Refusal } from "./refusals.ts";

/** One kind of step in the life of an aggregate: from which statuses it may go, and where to. */
export interface Step<Status extends string> {
  readonly from: readonly Status[];
  readonly to: Status;
}

/**
 * The life of a kind of aggregate: its first status and every legal step. Guards ask it, and the
 * state machines in the docs are drawn from it, so that the two never differ.
 */
export interface Life<Status extends string, Verb extends string> {
  /** The aggregate's kind, as the journal names it. */
  readonly of: string;
  readonly begins: Status;
  readonly steps: Readonly<Record<Verb, Step<Status>>>;
  /** Answers where a step leads, or throws what `orRefuse` makes of the statuses that allow it. */
  after(verb: Verb, now: Status, orRefuse: (needs: readonly Status[]) => Refusal): Status;
}

const brand = Symbol.for("selvedge.life");

/**
 * Declares the life of an aggregate.
 *
 * ```ts
 * export const doorLife = declareLife("Door", "shut", {
 *   open: { from: ["shut"], to: "open" },
 *   close: { from: ["open"], to: "shut" },
 * });
 * ```
 */
export function declareLife<const Status extends string, const Verb extends string>(
  of: string,
  begins: NoInfer<Status>,
  steps: Record<Verb, Step<Status>>,
): Life<Status, Verb> {
  const life = {
    of,
    begins,
    steps,
    [brand]: true,
    after(verb: Verb, now: Status, orRefuse: (needs: readonly Status[]) => Refusal) {
      const { from, to } = steps[verb];
      if (!from.includes(now)) throw orRefuse(from);
      return to;
    },
  };
  return life;
}

/** Tells a declared life from anything else that a file exports. */
export function isLife(value: unknown): value is Life<string, string> {
  return typeof value === "object" && value !== null && brand in value;
}
