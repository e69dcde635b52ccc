/**
 * The receipts of a client's own commands: those that its next queries have to ask for.
 *
 * A receipt is kept until a later command makes it unnecessary. When command B was sent after the
 * answer to command A had come, A was committed before B began, so every snapshot of the database
 * that shows B shows A: asking for B's receipt is enough. That holds for any read model and for
 * replicas, which replay commits in order; the server keeps to it by counting a receipt as in only
 * when nothing of an earlier transaction is pending. An answer that included a receipt proves less
 * (only that one read model, on that one server, was there), so it drops nothing.
 *
 * What remains are receipts of commands that ran at the same time. `Places` bounds how many do, and
 * thereby how many receipts are held: each was in flight when the latest of them was sent.
 */
export class Receipts {
  readonly #answeredAt = new Map<string, number>();
  readonly #max: number;
  #moment = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** A command is about to be sent: the moment to give to `keep`. */
  begin(): number {
    return ++this.#moment;
  }

  /**
   * Keeps the receipt of a command that was sent at the moment given, and drops those it covers. An
   * answer that was stored by some earlier call covers nothing: it may be older than all of them.
   */
  keep(receipt: string, begunAt: number | "earlier"): void {
    if (begunAt !== "earlier") {
      for (const [held, answeredAt] of this.#answeredAt) {
        if (answeredAt < begunAt) this.#answeredAt.delete(held);
      }
    }
    this.#answeredAt.delete(receipt);
    this.#answeredAt.set(receipt, ++this.#moment);
    // Reached only by a long run of stored answers to commands of an earlier run, re-sent under the
    // same ids. The first of them go: they were in the database before this client began.
    const [oldest] = this.#answeredAt.keys();
    if (this.#answeredAt.size > this.#max && oldest) this.#answeredAt.delete(oldest);
  }

  /** Drops receipts that the server does not accept (any more). */
  forget(receipts: readonly string[]): void {
    for (const receipt of receipts) this.#answeredAt.delete(receipt);
  }

  /** The receipts held, in the order in which their answers came. */
  list(): string[] {
    return [...this.#answeredAt.keys()];
  }
}
