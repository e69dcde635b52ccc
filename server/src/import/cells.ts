/** What a cell says, or the cause why it cannot be used. */
export type Cell<T> = { ok: true; value: T } | { ok: false; cause: string };

const quantityMax = 1_000_000;
const centsMax = 2_000_000_000;

/** A source's own words, short and without control characters, fit for a message. */
export function quoted(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const plain = value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?");
  return `"${plain.length > 60 ? `${plain.slice(0, 57)}...` : plain}"`;
}

/** A number of pieces: `5`, or `5.0` as spreadsheets write it. */
export function readQuantity(column: string, value: string): Cell<number> {
  if (value === "") return { ok: false, cause: `${column} is blank` };
  if (/^-\d+(\.\d+)?$/.test(value) && Number(value) !== 0)
    return { ok: false, cause: `${column} ${quoted(value)} is negative` };
  if (!/^-?\d+(\.0+)?$/.test(value))
    return { ok: false, cause: `${column} ${quoted(value)} is not a whole number` };

  const quantity = Math.abs(Number(value));
  return quantity > quantityMax
    ? { ok: false, cause: `${column} ${quoted(value)} is too large` }
    : { ok: true, value: quantity };
}

/** An amount of money in cents: `791`, `791.5` or `791.00`; blank is no amount. */
export function readCents(column: string, value: string): Cell<number | null> {
  if (value === "") return { ok: true, value: null };
  const parts = /^(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(value);
  if (!parts)
    return {
      ok: false,
      cause: `${column} ${quoted(value)} is not an amount with at most two decimals`,
    };
  const cents = Number(`${parts[1]}${(parts[2] ?? "").padEnd(2, "0")}`);
  return cents > centsMax
    ? { ok: false, cause: `${column} ${quoted(value)} is too large` }
    : { ok: true, value: cents };
}

/** One of the words that the mapping knows, in the warehouse's spelling. */
export function readKnown<T extends string>(
  column: string,
  value: string,
  known: Readonly<Record<string, T>>,
): Cell<T> {
  if (value === "") return { ok: false, cause: `${column} is blank` };
  const found = Object.hasOwn(known, value) ? known[value] : undefined;
  return found === undefined
    ? { ok: false, cause: `${column} ${quoted(value)} is not known to the mapping` }
    : { ok: true, value: found };
}

/** A text in the letter case that the mapping asks for. */
export function inLetterCase(value: string, letterCase?: "lower" | "upper" | "title"): string {
  if (letterCase === "lower") return value.toLowerCase();
  if (letterCase === "upper") return value.toUpperCase();
  if (letterCase === "title")
    return value.toLowerCase().replace(/(^|[\s-])\p{L}/gu, (first) => first.toUpperCase());
  return value;
}
