import type { ReadModelFacts } from "./api.gen.ts";

/** Options of any call. */
export interface CallOptions {
  /** Ends the call early; it then fails with `ABORTED`. */
  signal?: AbortSignal | undefined;
  /** How long the call may take in ms, all attempts together; the server is told as well. */
  timeoutMs?: number | undefined;
  /** Most repetitions of this call, beside the time it has: 0 to be told of the first failure. */
  retriesMax?: number | undefined;
}

/** Options of a command. */
export interface CommandOptions<Facts = ReadModelFacts> extends CallOptions {
  /**
   * Names the command: sent twice under one id, it is applied once. Made for you unless given; give
   * one to go on with a command whose outcome you never learned (it is on the error).
   */
  commandId?: string | undefined;
  /**
   * What you saw when you decided to send it. Where any of it has changed since, the command is
   * refused as `decision-stale`, and `details.changed` says what it was and what it is. Up to 20
   * facts, some 6 KB.
   *
   * ```ts
   * const { data, freshness } = await selvedge.stock.sellableAvailability({ sku });
   * const [{ available, ...row }] = data.rows;
   * const key = { warehouse: row.warehouse, sku, grade: row.grade };
   * const facts = [{ readModel: "sellableAvailability", key, columns: { available } }] as const;
   * await selvedge.orders.placeOrder(order, { basedOn: { freshness, facts } });
   * ```
   */
  basedOn?: BasedOn<Facts> | undefined;
}

/** What a command was decided on. */
export interface BasedOn<Facts = ReadModelFacts> {
  /** Of the answer that was acted on: a refusal then tells who has changed things since. */
  freshness?: Freshness | undefined;
  facts: readonly Fact<Facts>[];
}

/** What was seen of one row of a read model. */
export type Fact<Facts = ReadModelFacts> = {
  [Name in keyof Facts]: Facts[Name] extends { key: infer Key; row: infer Row }
    ? {
        readModel: Name;
        /** The row: all columns of its key. */
        key: Key;
        /** The columns relied on, as the query answered them; `null` for no such row. */
        columns: Partial<Row> | null;
      }
    : never;
}[keyof Facts];

/** Options of a query. */
export interface QueryOptions extends CallOptions {
  /** Receipts, of another process for example, that the answer must include too. */
  atLeast?: string | readonly string[] | undefined;
  /** Greatest lag you accept, in ms. */
  maxStaleMs?: number | undefined;
  /**
   * What to do where the read model is not as fresh as asked: `wait` until it is or the time is up
   * (then `NOT_FRESH`), `serve` what there is and say so in `freshness`, `patch` (have what is
   * pending computed on top), `live` (have everything computed), or `error` (`NOT_FRESH` at once).
   * Waits if anything is asked.
   */
  onMiss?: "serve" | "wait" | "patch" | "live" | "error" | undefined;
}

/** Options of following a feed. */
export interface FollowOptions {
  /** Ends it: the loop over the events is left without an error. */
  signal?: AbortSignal | undefined;
  /** Told each time when there is nothing more to tell for now, and where that is. */
  onCaughtUp?: ((position: string) => void) | undefined;
}

/** Options of following an answer that changes. */
export interface LiveOptions {
  /** Ends it: the loop over the answers is left without an error. */
  signal?: AbortSignal | undefined;
  /** How long one asking may take in ms. Default: 10,000. */
  timeoutMs?: number | undefined;
  /** Told of each `SelvedgeError` that another attempt may mend, and that one is made. */
  onFailure?: ((error: Error) => void) | undefined;
}

/** The answer to a command. */
export interface CommandResult<Data> {
  data: Data;
  /** Proof of the write: a query that is given it in `atLeast` shows the write. */
  receipt: string;
  /** Whether this id had been applied before; the stored answer is given again. */
  repeated: boolean;
  commandId: string;
}

declare const refusal: unique symbol;

/** A command under way. Its type remembers why it may be refused, for `safe`. */
export interface CommandCall<Data, Refusal extends string> extends Promise<CommandResult<Data>> {
  readonly [refusal]?: Refusal;
}

/** The answer to a query. */
export interface QueryResult<Data> {
  data: Data;
  freshness: Freshness;
}

/** Any JSON: what an event carries, each type its own fields. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonValue[]
  | { [field: string]: JsonValue };

/** How fresh an answer is. */
export interface Freshness {
  /** The moment whose state the answer shows: ISO 8601, the database's clock. */
  asOf: string | null;
  /** Age in ms of the oldest change that is not in yet, 0 if none, `null` if unknown. */
  lagMs: number | null;
  /** Whether that is within what your house is promised of the read model; `null` if unknown. */
  withinPromise: boolean | null;
  /** Number of changes that are not in yet. */
  pending: number;
  /** Whether every receipt asked for is in; `null` if none was. */
  includesReceipt: boolean | null;
  /**
   * Where the rows come from: the read model, the read model with what was pending computed on top,
   * or its defining query.
   */
  servedFrom: "readModel" | "patched" | "live";
}

/** What is known of a command by its path; `Commands` has one for each. */
export interface CommandShape {
  readonly input: unknown;
  readonly data: unknown;
  readonly refusal: string;
}

/** What the client has to know of a procedure at run time. */
export interface ProcedureShape {
  readonly kind: "command" | "query" | "operation";
  /** Whether its answer is a page with a cursor to the next. */
  readonly paged: boolean;
  /** Whether it answers events from a position on, and can be followed. */
  readonly feed?: true;
  /** Whether its answer is told again as it changes, and can be followed. */
  readonly live?: true;
  /** Whether sending it twice does no harm. */
  readonly repeatable: boolean;
}

/** What a client is made from: the procedures of one contract. */
export interface Api {
  readonly procedures: Readonly<Record<string, ProcedureShape>>;
  readonly contractHash: string;
}

/** How a call is sent. */
export interface Asked {
  readonly options: CallOptions;
  readonly headers?: Readonly<Record<string, string>>;
  readonly repeatable?: boolean;
}
