import type { InvoiceRow } from "./invoice-row.ts";
import { boughtKey } from "./invoices.ts";

/** A line of a sale from which pieces may still be taken. */
interface SoldLine {
  readonly externalRef: string;
  readonly line: number;
  readonly price: bigint | null;
  left: number;
}

/** So many pieces of a line of a sale. */
export interface PiecesOfLine {
  readonly externalRef: string;
  readonly line: number;
  readonly qty: number;
}

/**
 * What customers have bought so far of what they cancel somewhere in the file. A cancellation names
 * no invoice, so it is taken for one of the pieces that this customer bought last.
 */
export class SoldPieces {
  readonly #cancelled: ReadonlySet<string>;
  readonly #lines = new Map<string, SoldLine[]>();

  /** `cancelled` holds what is cancelled anywhere: nothing else is remembered. */
  constructor(cancelled: ReadonlySet<string>) {
    this.#cancelled = cancelled;
  }

  /** Remembers a line of a sale; false where nobody will ask for it. */
  sell(row: InvoiceRow, externalRef: string, line: number): boolean {
    const key = boughtKey(row);
    if (row.customer === "" || !this.#cancelled.has(key)) return false;
    const lines = this.#lines.get(key) ?? [];
    lines.push({ externalRef, line, price: row.price, left: row.units });
    this.#lines.set(key, lines);
    return true;
  }

  /**
   * Takes the pieces of a cancellation off what the customer has bought: off the latest line with
   * so many at the same price, else the latest with so many, else the latest lines together.
   * Answers nothing, and takes nothing, where there are too few.
   */
  take(cancellation: InvoiceRow): PiecesOfLine[] {
    const wanted = -cancellation.units;
    const latest = (this.#lines.get(boughtKey(cancellation)) ?? []).toReversed();
    const enough = latest.filter(({ left }) => left >= wanted);
    const one = enough.find(({ price }) => price === cancellation.price) ?? enough[0];
    if (one) return [takenFrom(one, wanted)];
    if (latest.reduce((sum, { left }) => sum + left, 0) < wanted) return [];

    let missing = wanted;
    const taken: PiecesOfLine[] = [];
    for (const line of latest) {
      const qty = Math.min(line.left, missing);
      if (qty > 0) taken.push(takenFrom(line, qty));
      missing -= qty;
    }
    return taken;
  }
}

function takenFrom(line: SoldLine, qty: number): PiecesOfLine {
  line.left -= qty;
  return { externalRef: line.externalRef, line: line.line, qty };
}
