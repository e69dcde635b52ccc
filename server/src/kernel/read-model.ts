import { createHash } from "node:crypto";
import type { z } from "zod";

/** The columns of a read model: SQL name (snake_case) to the zod type of its value. */
export type Columns = Readonly<Record<string, z.ZodType>>;

interface Declaration<C extends Columns> {
  /** One sentence for partners and for the admin page. */
  readonly doc: string;
  /** SQL name, snake_case; the query procedure has the same name in camelCase. */
  readonly name: string;
  /** Read models of one group are refreshed together and always show one instant. */
  readonly group: string;
  /** Columns that identify a row; `tenant` comes first. */
  readonly key: readonly ["tenant", ...(keyof C & string)[]];
  /** All columns that callers see. `tenant` is implied and never leaves the server. */
  readonly columns: C;
  /** Columns that callers may filter by. */
  readonly filterBy: readonly (keyof C & string)[];
  /** Further indexes, beside the unique one on the key. */
  readonly indexes?: readonly (readonly (keyof C & string)[])[];
  /** How fresh it promises to be, in milliseconds. */
  readonly freshWithinMs: number;
  /** The scope that a caller needs to read it. */
  readonly scope: string;
  /** The defining query over the write tables; it yields `tenant` and every column. */
  readonly sql: string;
}

/** Recomputes only the keys that went stale: its cost follows what changed. */
interface ByKey {
  readonly maintain: "byKey";
  /**
   * Write table to a query over `changed` (its changed rows, old and new) that yields stale keys.
   */
  readonly staleOn: Readonly<Record<string, string>>;
}

/** Recomputes everything, as a native materialized view: right for small summaries. */
interface Whole {
  readonly maintain: "whole";
  /** Write tables whose changes make it stale. */
  readonly staleOn: readonly string[];
}

/** What a slice writes to declare a read model. */
export type ReadModelDeclaration<C extends Columns> = Declaration<C> & (ByKey | Whole);

/** A declared read model. */
export type ReadModel<C extends Columns = Columns> = ReadModelDeclaration<C> & {
  readonly [brand]: true;
  /** Changes when anything that shapes its table, its content or its triggers changes. */
  readonly hash: string;
};

const brand = Symbol.for("selvedge.readModel");
const snakeCased = /^[a-z][a-z0-9_]{0,40}$/;

/**
 * Declares a read model. The declaration is all there is: tables, triggers, refresh and the query
 * procedure follow from it. Throws where the declaration contradicts itself.
 */
export function readModel<const C extends Columns>(
  declared: ReadModelDeclaration<C>,
): ReadModel<C> {
  const problem = problemOf(declared);
  if (problem) throw new Error(`Read model ${declared.name}: ${problem}`);

  const shape = [declared.sql, declared.key, declared.maintain, declared.staleOn, declared.indexes];
  const hash = createHash("sha256").update(
    JSON.stringify([...shape, Object.keys(declared.columns)]),
  );
  return { ...declared, [brand]: true, hash: hash.digest("hex").slice(0, 10) };
}

/** Tells a declared read model from anything else a slice exports. */
export function isReadModel(value: unknown): value is ReadModel {
  return typeof value === "object" && value !== null && brand in value;
}

function problemOf(declared: ReadModelDeclaration<Columns>): string | undefined {
  const names = [declared.name, declared.group, ...Object.keys(declared.columns)];
  const odd = names.find((name) => !snakeCased.test(name));
  if (odd !== undefined) return `"${odd}" is not a snake_case name of at most 41 characters`;
  if (declared.key[0] !== "tenant") return `its key must begin with "tenant"`;
  if ("tenant" in declared.columns) return `"tenant" is implied; leave it out of the columns`;
  const known = new Set<string>(Object.keys(declared.columns));
  const lists = [declared.key.slice(1), declared.filterBy, ...(declared.indexes ?? [])];
  const unknown = lists.flat().find((column) => !known.has(column));
  if (unknown !== undefined) return `"${unknown}" is not among its columns`;
  if (!(declared.freshWithinMs >= 100)) return "it cannot promise to be fresher than 100 ms";
  const sources =
    declared.maintain === "byKey" ? Object.keys(declared.staleOn) : [...declared.staleOn];
  if (sources.length === 0) return "nothing makes it stale";
  return undefined;
}
