/**
 * What happened while many wrote and read at once, as the checker takes it. Moments are ticks of
 * one counter in the recording process: of two moments the smaller was first, whatever the clocks
 * say. Times in ms are the database's clock.
 */
export interface History {
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
  readonly rests: readonly Rest[];
}

/**
 * One transaction that sets registers. A register is one number that a read model shows, such as
 * `stock.onHand K1`. All writes set numbers of one counter, taken once the transaction holds its
 * locks, so a register only grows and its number names the write that set it.
 */
export interface Write {
  readonly n: number;
  readonly registers: readonly string[];
  /** Before its first statement was sent. */
  readonly begunAt: number;
  /** `open`: under way, or nobody knows what became of it. */
  readonly outcome: "open" | "committed" | "rolledBack";
  /** Once its commit had been answered. */
  readonly ackedAt?: number;
  /** The database's clock after the commit; it may lie later than the commit, never before it. */
  readonly committedByMs?: number;
}

/** One query and its answer. */
export interface Read {
  readonly session: string;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** A reading of the database's clock from before the query was sent. */
  readonly clockMs: number;
  /** Every register that was asked for; 0 where the answer has no row for it. */
  readonly shown: Readonly<Record<string, number>>;
  /** The writes whose receipts were handed over. */
  readonly receipts: readonly number[];
  readonly onMiss: "serve" | "wait" | "patch" | "live" | "error";
  /** What the answer says of itself; missing where rows were read past the server. */
  readonly freshness?: ReadFreshness;
  /** The error's code where there was no answer. */
  readonly failure?: string;
}

/** What an answer says of itself. */
export interface ReadFreshness {
  readonly servedFrom: "readModel" | "patched" | "live";
  readonly asOfMs: number | null;
  readonly lagMs: number | null;
  readonly pending: number;
  readonly includesReceipt: boolean | null;
}

/** The writers had stopped, and the read models were given time to catch up. */
export interface Rest {
  /** How long it took until nothing was pending; null where it did not come to that in time. */
  readonly settledMs: number | null;
  /** Rows in which a read model and its defining query differ, by read model. */
  readonly differences: Readonly<Record<string, number>>;
}

/** The promises that a history may break. */
export type Rule =
  | "read-answers"
  | "value-was-written"
  | "one-instant"
  | "receipt-honoured"
  | "never-back"
  | "lag-not-flattered"
  | "as-of-not-flattered"
  | "comes-to-rest"
  | "equals-definition";

/** One broken promise. */
export interface Violation {
  readonly rule: Rule;
  readonly message: string;
}
