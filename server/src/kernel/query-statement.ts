import type { QueryConfig } from "pg";
import sql, { empty, raw, type Sql } from "sql-template-tag";
import type { Engine } from "./engine.ts";
import { askedSql, freshnessSql } from "./freshness.ts";
import type { ReadModel } from "./read-model.ts";
import { type RowsFrom, rowsSql } from "./read-model-rows.ts";

/** What a query asks of its read models. */
export interface Asked {
  readonly over: readonly ReadModel[];
  readonly query: Sql;
  /** The transactions of the receipts that the answer must include. */
  readonly xids: readonly string[];
  /** Those of them that a replica had replayed by an earlier statement. */
  readonly ended: readonly string[];
}

/** The one statement of a query: its rows, from there, and how fresh they are. */
export function queryStatement(
  { schemas }: Pick<Engine, "schemas">,
  { over, query, xids, ended }: Asked,
  fromOf: (model: ReadModel) => RowsFrom,
): Required<Pick<QueryConfig, "text" | "values">> {
  const receipts = xids.length > 0 ? "asked" : "none";
  const asked = sql`with ${askedSql(xids, ended)}`;
  const names = raw(over.map((model) => rowsSql(model, schemas, fromOf(model))).join(", "));
  const { text, values } = sql`${receipts === "asked" ? asked : empty}
    select freshness.*,
      (select coalesce(json_agg(answer), '[]')
        from (with ${names} select * from (${query}) as asked_for) as answer) as rows
    from (${raw(knownFreshnessSql(over, schemas, receipts, fromOf))}) as freshness`;
  return { text, values };
}

const freshnessTexts = new Map<string, string>();

function knownFreshnessSql(
  over: readonly ReadModel[],
  schemas: Engine["schemas"],
  receipts: "asked" | "none",
  fromOf: (model: ReadModel) => RowsFrom,
): string {
  const isComputed = (model: ReadModel) => fromOf(model) !== "kept";
  const hashes = over.map(({ name, hash }) => `${name}@${hash}`);
  const computed = over.filter(isComputed).map(({ name }) => name);
  const key = `${schemas.write} ${schemas.read} ${receipts} ${hashes} ${computed}`;
  let text = freshnessTexts.get(key);
  if (text === undefined) {
    text = freshnessSql(over, schemas, receipts, isComputed);
    freshnessTexts.set(key, text);
  }
  return text;
}

const statementNames = new Map<string, string>();

// PostgreSQL keeps a plan per name and connection; slices have few texts, filters some more.
const statementNamesMax = 500;

/** The name under which a text's plan is kept; undefined where there are too many. */
export function statementName(text: string): string | undefined {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  if (statementNames.size >= statementNamesMax) return undefined;
  const name = `read-${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}
