import { quoted } from "./cells.ts";
import type { Mapping } from "./mapping.ts";
import { SourceError } from "./source-file.ts";
import type { SourceRow } from "./source-rows.ts";

/** What a file may lack: it only confirms what another column says. */
const optionalFields = new Set(["courierStatus"]);

/** Where the columns of a mapping stand in one file. */
export class Columns {
  readonly header: readonly string[];
  readonly #names: Readonly<Record<string, string | undefined>>;
  readonly #at: ReadonlyMap<string, number>;
  readonly #missing: ReadonlySet<string>;

  constructor(header: readonly string[], mapping: Mapping) {
    this.header = header;
    this.#names = mapping.columns;
    this.#missing = new Set(mapping.missing);
    this.#at = positionsOf(header, mapping);
  }

  /** Whether the mapping names a column for this. */
  has(field: string): boolean {
    return this.#at.has(field);
  }

  /** The source's own name of the column, for messages. */
  nameOf(field: string): string {
    return this.#names[field] ?? field;
  }

  /** What the row says in this column, trimmed; `""` where there is no column. */
  textOf(row: SourceRow, field: string): string {
    const at = this.#at.get(field);
    return at === undefined ? "" : (row.cells[at] ?? "").trim();
  }

  /** Whether this is one of the source's words for "nothing", like `#REF!`. */
  isMissing(value: string): boolean {
    return this.#missing.has(value);
  }
}

function positionsOf(header: readonly string[], mapping: Mapping): ReadonlyMap<string, number> {
  const wanted = Object.entries(mapping.columns).flatMap(([field, name]) =>
    name === undefined || (optionalFields.has(field) && !header.includes(name))
      ? []
      : [[field, name] as const],
  );
  const missing = wanted.map(([, name]) => name).filter((name) => !header.includes(name));
  const known = new Set([...wanted.map(([, name]) => name), ...mapping.ignore]);
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
  return new Map(wanted.map(([field, name]) => [field, header.indexOf(name)]));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => quoted(name));
  return names.length > 10 ? `${shown.join(", ")} and ${names.length - 10} more` : shown.join(", ");
}
