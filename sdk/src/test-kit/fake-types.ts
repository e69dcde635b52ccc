import type { Commands, Operations, Queries } from "../api.gen.ts";
import type { RefusalWords } from "./fake-faults.ts";

/** Every procedure by its path. */
export type Procedures = Commands & Queries & Operations;

/** The path of any procedure: `orders.placeOrder`. */
export type ProcedurePath<All = Procedures> = keyof All & string;

/** The path of a command. */
export type CommandPath<All = Procedures> = {
  [Path in ProcedurePath<All>]: All[Path] extends { refusal: string } ? Path : never;
}[ProcedurePath<All>];

type QueryPath<All> = Exclude<ProcedurePath<All>, CommandPath<All> | keyof Operations>;

/** A query's read model: the name alone, as in `orderBoard`. */
export type ReadModelName<All = Procedures> = {
  [Path in QueryPath<All>]: Path extends `${string}.${infer Name}` ? Name : never;
}[QueryPath<All>];

/** What a procedure takes. */
export type InputOf<Path extends ProcedurePath<All>, All = Procedures> = All[Path] extends {
  input: infer Input;
}
  ? Input
  : never;

/** Why a command may be refused. */
export type RefusalOf<Path extends ProcedurePath<All>, All = Procedures> = All[Path] extends {
  refusal: infer Reason extends string;
}
  ? Reason
  : never;

/**
 * What a procedure answers: of a paged query its rows, of which each may name only the columns that
 * a test is about; of all others their data.
 */
export type AnswerOf<Path extends ProcedurePath<All>, All = Procedures> = All[Path] extends {
  row: infer Row;
}
  ? readonly Partial<Row>[]
  : All[Path] extends { data: infer Data }
    ? Data
    : never;

/** Computes an answer. */
export type Answering<Path extends ProcedurePath<All>, All = Procedures> = (
  input: InputOf<Path, All>,
  call: AnsweringCall<Path, All>,
) => AnswerOf<Path, All>;

/** What an answer may be computed from, beside the input. */
export interface AnsweringCall<Path extends ProcedurePath<All>, All = Procedures> {
  readonly commandId: string | undefined;
  /** Ends the call with a refusal. */
  refuse(reason: RefusalOf<Path, All>, words?: RefusalWords): never;
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
