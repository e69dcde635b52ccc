const token = /YYYY|YY|MM|M|DD|D|HH|H|mm|ss/g;
const separators = /^[-/.: T]*$/;
const patterns = new Map<string, RegExp>();

/**
 * Whether a text says how a moment is written, to the minute at least, like `M/D/YY H:mm`. A single
 * letter stands for one digit or two.
 */
export function isMomentFormat(format: string): boolean {
  const kinds = (format.match(token) ?? []).map((found) => found.slice(0, 1)).sort();
  const named = kinds.join("");
  const rest = format.replace(token, "");
  return format.length <= 30 && (named === "DHMYm" || named === "DHMYms") && separators.test(rest);
}

/** The moment that is written in this format, taken as UTC, or null when there is no such. */
export function momentAt(value: string, format: string): string | null {
  const pattern = patterns.get(format) ?? patternOf(format);
  patterns.set(format, pattern);
  const groups = pattern.exec(value)?.groups;
  if (!groups) return null;

  const { Y = "", M = "", D = "", H = "", m = "", s = "0" } = groups;
  const two = (digits: string) => digits.padStart(2, "0");
  const year = Y.length === 2 ? `20${Y}` : Y;
  const written = `${year}-${two(M)}-${two(D)}T${two(H)}:${two(m)}:${two(s)}.000Z`;
  const at = new Date(written);
  // 02-30 and 24:00 do not fail in JavaScript, they become others: only what survives is a moment.
  return Number.isNaN(at.getTime()) || at.toISOString() !== written ? null : written;
}

function patternOf(format: string): RegExp {
  const parts = format
    .replace(/[-/.]/g, (separator) => `\\${separator}`)
    .replace(token, (found) => {
      const digits = found.length === 1 ? "1,2" : String(found.length);
      return `(?<${found.slice(0, 1)}>\\d{${digits}})`;
    });
  return new RegExp(`^${parts}$`);
}
