import type { Commands, Operations, Queries } from "../api.gen.ts";
import type { RefusalWords } from "./fake-faults.ts";

/** Every procedure by its path. */
export type Procedures = Commands & Queries & Operations;

/** The path of any procedure: `orders.placeOrder`. */
export type ProcedurePath = keyof Procedures & string;

/** The path of a command. */
export type CommandPath = keyof Commands & string;

/** A query's read model: the name alone, as in `orderBoard`. */
export type ReadModelName = {
  [Path in keyof Queries]: Path extends `${string}.${infer Name}` ? Name : never;
}[keyof Queries];

/**
 * What a procedure answers: of a paged query its rows, of which each may name only the columns that
 * a test is about; of all others their data.
 */
export type AnswerOf<Path extends ProcedurePath> = Procedures[Path] extends { row: infer Row }
  ? readonly Partial<Row>[]
  : Procedures[Path]["data"];

/** Computes an answer. */
export type Answering<Path extends ProcedurePath> = (
  input: Procedures[Path]["input"],
  call: AnsweringCall<Path>,
) => AnswerOf<Path>;

/** What an answer may be computed from, beside the input. */
export interface AnsweringCall<Path extends ProcedurePath> {
  readonly commandId: string | undefined;
  /** Ends the call with a refusal. */
  refuse(
    reason: Procedures[Path] extends { refusal: infer Refusal } ? Refusal : never,
    words?: RefusalWords,
  ): never;
}

/** How often something goes wrong. */
export interface Times {
  /** So many times, and then no more. Default: until the test says something else. */
  times?: number | undefined;
}

/** One call as the fake server saw it. */
export interface FakeCall {
  readonly path: string;
  readonly input: unknown;
  readonly commandId: string | undefined;
  readonly headers: Headers;
  /** When it came, by the fake's clock. */
  readonly at: number;
}
