import { quoted } from "./cells.ts";
import type { Mapping } from "./mapping.ts";
import { SourceError } from "./source-file.ts";
import type { SourceRow } from "./source-rows.ts";

/** What a file may lack: it only confirms what another column says. */
const optionalFields = new Set(["courierStatus"]);

/** The column that says something, or several that say it together. */
type ColumnNames = string | readonly string[];

/** Where the columns of a mapping stand in one file. */
export class Columns {
  readonly header: readonly string[];
  readonly #names: ReadonlyMap<string, string>;
  readonly #at: ReadonlyMap<string, readonly number[]>;
  readonly #missing: ReadonlySet<string>;

  constructor(header: readonly string[], mapping: Mapping) {
    this.header = header;
    this.#names = new Map(
      Object.entries<ColumnNames | undefined>(mapping.columns).map(([field, names]) => [
        field,
        [names ?? field].flat().join(" + "),
      ]),
    );
    this.#missing = new Set(mapping.missing);
    this.#at = positionsOf(header, mapping);
  }

  /** Whether the mapping names a column for this. */
  has(field: string): boolean {
    return this.#at.has(field);
  }

  /** The source's own name of the column, for messages. */
  nameOf(field: string): string {
    return this.#names.get(field) ?? field;
  }

  /**
   * What the row says in this column, trimmed; `""` where there is no column. What several columns
   * say together is joined by slashes, and is `""` where one of them is blank.
   */
  textOf(row: SourceRow, field: string): string {
    const [first = "", ...others] = (this.#at.get(field) ?? []).map((at) =>
      (row.cells[at] ?? "").trim(),
    );
    return others.length === 0 ? first : joined([first, ...others]);
  }

  /** Whether this is one of the source's words for "nothing", like `#REF!`. */
  isMissing(value: string): boolean {
    return this.#missing.has(value);
  }
}

/** A name may hold a slash itself; different names must never read alike when joined. */
function joined(parts: readonly string[]): string {
  if (parts.includes("")) return "";
  return parts.map((part) => part.replace(/[%/]/g, encodeURIComponent)).join("/");
}

function positionsOf(
  header: readonly string[],
  mapping: Mapping,
): ReadonlyMap<string, readonly number[]> {
  const wanted = Object.entries<ColumnNames | undefined>(mapping.columns).flatMap(
    ([field, named]) => {
      const names = [named ?? []].flat();
      const isOpen = optionalFields.has(field) && !names.some((name) => header.includes(name));
      return names.length === 0 || isOpen ? [] : [[field, names] as const];
    },
  );
  const named = new Set(wanted.flatMap(([, names]) => names));
  const missing = [...named].filter((name) => !header.includes(name));
  const known = new Set([...named, ...mapping.ignore]);
  const unknown = header.filter((name) => !known.has(name));
  const twice = header.filter((name, at) => known.has(name) && header.indexOf(name) !== at);

  const problems = [
    missing.length > 0 ? `missing columns ${listed(missing)}` : null,
    unknown.length > 0
      ? `unknown columns ${listed(unknown)} (name them under "ignore" to leave them out)`
      : null,
    twice.length > 0 ? `columns that stand twice ${listed(twice)}` : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0)
    throw new SourceError(
      `the file does not fit the mapping ${mapping.name}: ${problems.join("; ")}`,
    );
  return new Map(wanted.map(([field, names]) => [field, names.map((n) => header.indexOf(n))]));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => quoted(name));
  return names.length > 10 ? `${shown.join(", ")} and ${names.length - 10} more` : shown.join(", ");
}
