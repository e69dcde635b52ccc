/** What stock needs to know of an order line that wants pieces. */
export interface LineToAllocate {
  readonly orderId: string;
  readonly line: number;
  readonly qty: number;
  /** Greater is more urgent. */
  readonly priority: number;
  readonly shipBy: Date | null;
}

/** A batch as it is announced. */
export interface BatchToAdd {
  readonly ref: string;
  readonly qty: number;
  /** When it is expected; a batch without is in the house. */
  readonly eta: Date | null;
  /** Where it lies, if that is known. */
  readonly bin?: string | null;
  /** The inbound and its line by which it came, if it came by one. */
  readonly inboundId?: string;
  readonly inboundLine?: number;
}
