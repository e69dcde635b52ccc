import { type Cell, quoted } from "./cells.ts";
import type { Columns } from "./columns.ts";
import { dayAt, isDateFormat } from "./dates.ts";
import { momentAt } from "./moments.ts";
import type { SourceRow } from "./source-rows.ts";

/** A day or a moment as the row writes it, in UTC; blank is none. */
export function readWhenIfAny(
  row: SourceRow,
  columns: Columns,
  field: string,
  format: string,
): Cell<string | null> {
  const value = columns.textOf(row, field);
  if (value === "" || columns.isMissing(value)) return { ok: true, value: null };
  const isDay = isDateFormat(format);
  const at = isDay ? dayAt(value, format) : momentAt(value, format);
  if (at !== null) return { ok: true, value: at };
  const kind = isDay ? "day" : "time";
  const cause = `${columns.nameOf(field)} ${quoted(value)} is no ${kind} written as ${format}`;
  return { ok: false, cause };
}

/** The same, of a column that may not be blank. */
export function readWhen(
  row: SourceRow,
  columns: Columns,
  field: string,
  format: string,
): Cell<string> {
  const cell = readWhenIfAny(row, columns, field, format);
  if (!cell.ok) return cell;
  if (cell.value !== null) return { ok: true, value: cell.value };
  return { ok: false, cause: `${columns.nameOf(field)} is blank` };
}
