import fc from "fast-check";
import { asked } from "./commands.ts";

/** One thing that somebody does: which command they think of first, and what they wish by it. */
export interface Step {
  readonly command: string;
  readonly seed: number;
  /** Whether it is asked for though the model knows that it will be refused. */
  readonly wild: boolean;
  /** Whether it is sent once more, under the same id. */
  readonly again: boolean;
}

/** Steps by any command, or by some that are thought of more often. */
export function stepOf(often: readonly string[] = []): fc.Arbitrary<Step> {
  const any = fc.constantFrom(...asked);
  return fc.record({
    command: often.length === 0 ? any : fc.oneof(any, fc.constantFrom(...often)),
    seed: fc.nat(1_000_000),
    wild: fc.nat(3).map((one) => one === 3),
    again: fc.nat(9).map((one) => one === 9),
  });
}
