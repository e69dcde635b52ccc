import { type Cell, quoted } from "./cells.ts";

const centsMax = 2_000_000_000n;
/** So many digits after the point are read; a price in millionths of a unit is a whole number. */
const decimalsMax = 6;

/** The price of one piece, in millionths of the currency's unit: `2.55`, `0` or `0.001`. */
export function readPrice(column: string, value: string): Cell<bigint> {
  if (value === "") return { ok: false, cause: `${column} is blank` };
  const parts = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(value);
  return parts
    ? { ok: true, value: BigInt(`${parts[1]}${(parts[2] ?? "").padEnd(decimalsMax, "0")}`) }
    : { ok: false, cause: `${column} ${quoted(value)} is no price` };
}

/** What pieces cost in whole cents, and whether that had to be rounded. */
export interface Amount {
  readonly cents: number;
  readonly isRounded: boolean;
}

/** What so many pieces at a price in millionths cost together. */
export function amountOf(price: bigint, qty: number): Cell<Amount> {
  const exact = price * BigInt(qty);
  const cents = (exact + 5_000n) / 10_000n;
  return cents > centsMax
    ? { ok: false, cause: "the line's amount is too large" }
    : { ok: true, value: { cents: Number(cents), isRounded: exact % 10_000n !== 0n } };
}
