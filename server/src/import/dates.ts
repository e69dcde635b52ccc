const token = /YYYY|YY|MM|DD/g;

/** Whether a text names a year, a month and a day once each, like `MM-DD-YY`. */
export function isDateFormat(format: string): boolean {
  const tokens = format.match(token) ?? [];
  const kinds = tokens.map((found) => found.slice(0, 1)).sort();
  const rest = format.replace(token, "");
  return format.length <= 20 && kinds.join("") === "DMY" && /^[-/. ]*$/.test(rest);
}

/** The UTC midnight of a day written in this format, or null when there is no such day. */
export function dayAt(value: string, format: string): string | null {
  const pattern = format
    .replace(/[-/. ]/g, (separator) => `\\${separator}`)
    .replace(token, (found) => `(?<${found.slice(0, 1)}>\\d{${found.length}})`);
  const groups = new RegExp(`^${pattern}$`).exec(value)?.groups;
  if (!groups) return null;

  const { Y = "", M = "", D = "" } = groups;
  const day = `${Y.length === 2 ? `20${Y}` : Y}-${M}-${D}`;
  const at = new Date(`${day}T00:00:00.000Z`);
  // 02-30 does not fail in JavaScript, it becomes March: only a day that survives is one.
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(day) ? null : at.toISOString();
}
