import { createHash } from "node:crypto";
import type { z } from "zod";
import { snakeCase } from "./schemas.ts";

/** The columns of a read model: SQL name (snake_case) to the zod type of its value. */
export type Columns = Readonly<Record<string, z.ZodType>>;

interface Declaration<C extends Columns> {
  /** One sentence for partners and for the admin page. */
  readonly doc: string;
  /** SQL name, snake_case; the query procedure has the same name in camelCase. */
  readonly name: string;
  /** Columns that identify a row; `tenant` comes first. */
  readonly key: readonly ["tenant", ...(keyof C & string)[]];
  /** All columns that callers see. `tenant` is implied and never leaves the server. */
  readonly columns: C;
  /** Columns that callers may filter by. */
  readonly filterBy: readonly (keyof C & string)[];
  /** Those of them that callers must filter by: where a page of all rows would cost too much. */
  readonly mustFilterBy?: readonly (keyof C & string)[];
  /** Pages go through the key backwards: for keys that begin with a time. */
  readonly newestFirst?: true;
  /** The scope that a caller needs to read it. */
  readonly scope: string;
  /** The defining query over the write tables; it yields `tenant` and every column. */
  readonly sql: string;
}

type IndexColumn<Name extends string> = Name | `${Name} desc`;

/** Its rows are kept in a table, and refreshed. */
interface Kept<C extends Columns> {
  /** Read models of one group are refreshed together and always show one instant. */
  readonly group: string;
  /**
   * Further indexes, beside the unique one on the key; `"priority desc"` is a column of which the
   * greatest value comes first.
   */
  readonly indexes?: readonly (readonly IndexColumn<keyof C & string>[])[];
  /** How fresh it promises to be, in milliseconds. */
  readonly freshWithinMs: number;
}

/** Recomputes only the keys that went stale: its cost follows what changed. */
interface ByKey<C extends Columns> extends Kept<C> {
  readonly maintain: "byKey";
  /**
   * Write table to a query over `changed` (its changed rows, old and new) that yields stale keys.
   */
  readonly staleOn: Readonly<Record<string, string>>;
}

/** Recomputes everything, as a native materialized view: right for small summaries. */
interface Whole<C extends Columns> extends Kept<C> {
  readonly maintain: "whole";
  /** Write tables whose changes make it stale. */
  readonly staleOn: readonly string[];
}

/**
 * Keeps nothing: its defining query runs as it is asked, and is never behind. Right where indexes
 * of the write tables answer in the order of the key what callers filter by.
 */
interface Live {
  readonly maintain: "live";
  /**
   * It shows a transaction only when all that began before it have ended, so that nothing ever
   * comes before what was shown; a receipt is in when it is shown. Queries of its own answer it,
   * since the end of a page would not say where to go on.
   */
  readonly feed?: true;
}

/** What a slice writes to declare a read model. */
export type ReadModelDeclaration<C extends Columns> = Declaration<C> & (ByKey<C> | Whole<C> | Live);

interface Declared {
  readonly [brand]: true;
  /** Changes when anything that shapes its table, its content or its triggers changes. */
  readonly hash: string;
}

/** A declared read model. */
export type ReadModel<C extends Columns = Columns> = ReadModelDeclaration<C> & Declared;

/** A read model whose rows are kept and refreshed. */
export type KeptReadModel<C extends Columns = Columns> = Exclude<ReadModel<C>, Live>;

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

  const { sql, key, maintain } = declared;
  const kept = maintain === "live" ? [] : [declared.staleOn, declared.indexes];
  const shape = [sql, key, maintain, ...kept];
  const hash = createHash("sha256").update(
    JSON.stringify([...shape, Object.keys(declared.columns)]),
  );
  return { ...declared, [brand]: true, hash: hash.digest("hex").slice(0, 10) };
}

/** Tells a declared read model from anything else a slice exports. */
export function isReadModel(value: unknown): value is ReadModel {
  return typeof value === "object" && value !== null && brand in value;
}

/** Whether a read model's rows are kept, and not computed as they are asked for. */
export function isKept<M extends ReadModel>(model: M): model is Exclude<M, Live> {
  return model.maintain !== "live";
}

/** Whether a read model shows things only once nothing can come before them any more. */
export function isFeed(model: ReadModel): boolean {
  return model.maintain === "live" && model.feed === true;
}

/** Read models, as the SDK names them, by their names in SQL; an error where one does not exist. */
export function liveNames(
  models: readonly ReadModel[],
  names: readonly string[],
): ReadonlySet<string> {
  const known = new Set(models.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(snakeCase(name)));
  if (unknown.length > 0) throw new Error(`There is no read model ${unknown.join(", ")}.`);
  return new Set(names.map(snakeCase));
}

function problemOf(declared: ReadModelDeclaration<Columns>): string | undefined {
  const kept = declared.maintain === "live" ? undefined : declared;
  const names = [declared.name, ...Object.keys(declared.columns), ...(kept ? [kept.group] : [])];
  const odd = names.find((name) => !snakeCased.test(name));
  if (odd !== undefined) return `"${odd}" is not a snake_case name of at most 41 characters`;
  if (declared.key[0] !== "tenant") return `its key must begin with "tenant"`;
  if ("tenant" in declared.columns) return `"tenant" is implied; leave it out of the columns`;
  const known = new Set<string>(Object.keys(declared.columns));
  const indexed = (kept?.indexes ?? []).flat().map((column) => column.replace(/ desc$/, ""));
  const lists = [declared.key.slice(1), declared.filterBy, indexed];
  const unknown = lists.flat().find((column) => !known.has(column));
  if (unknown !== undefined) return `"${unknown}" is not among its columns`;
  const unfiltered = declared.mustFilterBy?.find((column) => !declared.filterBy.includes(column));
  if (unfiltered !== undefined) return `"${unfiltered}" is not among what it is filtered by`;
  if (!kept) return undefined;
  if (!(kept.freshWithinMs >= 100)) return "it cannot promise to be fresher than 100 ms";
  const sources = kept.maintain === "byKey" ? Object.keys(kept.staleOn) : [...kept.staleOn];
  if (sources.length === 0) return "nothing makes it stale";
  return undefined;
}
