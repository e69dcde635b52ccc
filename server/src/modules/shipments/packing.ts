import { shipmentsRefusals } from "./refusals.ts";

/** Refuses a parcel that names the same piece, or a line's batch, twice. */
export function requireDistinct(
  items: readonly ({ line: number; lpn: string } | { line: number; qty: number })[],
): void {
  const names = items.map((item) => ("lpn" in item ? `lpn ${item.lpn}` : `line ${item.line}`));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw shipmentsRefusals.because("item-twice", { item: twice });
}
