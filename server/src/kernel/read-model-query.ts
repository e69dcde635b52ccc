import sql, { empty, join, raw } from "sql-template-tag";
import { z } from "zod";
import { Fault } from "./faults.ts";
import { query } from "./procedure.ts";
import type { ReadModel } from "./read-model.ts";
import { camelCase, identifier, snakeCase } from "./schemas.ts";

const pageRowsMax = 500;
const pageRowsDefault = 100;
const filterValuesMax = 100;

/**
 * The query procedure of a read model: pages of its rows, filtered by equality, in the order of its
 * key or (`newestFirst`) the other way round. Pages are cut by key, not by offset, so that rows
 * moving in between are neither lost nor shown twice.
 */
export function pageOf(model: ReadModel) {
  const columns = Object.entries(model.columns);
  const row = z.strictObject(
    Object.fromEntries(columns.map(([name, type]) => [camelCase(name), type])),
  );
  const filters = model.filterBy.map((name) => {
    const type = model.columns[name] as z.ZodType;
    const wanted = z.union([type, z.array(type).max(filterValuesMax)]);
    return [camelCase(name), model.mustFilterBy?.includes(name) ? wanted : wanted.optional()];
  });
  const input = z.strictObject({
    ...Object.fromEntries(filters),
    limit: z.int().min(1).max(pageRowsMax).optional(),
    cursor: z.string().min(1).max(2_000).optional(),
  });
  const output = z.strictObject({
    rows: z.array(row).max(pageRowsMax),
    nextCursor: z.string().nullable(),
  });
  const selected = raw(
    columns.map(([name]) => `${identifier(name)} as ${identifier(camelCase(name))}`).join(", "),
  );
  const keyColumns = model.key.slice(1);
  const keys = keyColumns.map((name) => identifier(name));
  const [way, beyond] = model.newestFirst ? [" desc", raw("<")] : ["", raw(">")];
  const order = raw(keys.map((column) => `${column}${way}`).join(", "));
  const factsBy = model.maintain === "byKey" ? { factsBy: keyColumns.map(camelCase) } : {};

  return query
    .meta({ scope: model.scope, doc: model.doc, paged: true, ...factsBy })
    .input(input)
    .output(output)
    .query(async ({ ctx, input }) => {
      const { limit = pageRowsDefault, cursor, ...wanted } = input as PageInput;
      const conditions = Object.entries(wanted)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => {
          const column = raw(identifier(snakeCase(name)));
          return Array.isArray(value) ? sql`${column} = any (${value})` : sql`${column} = ${value}`;
        });
      if (cursor !== undefined) {
        conditions.push(
          sql`(${raw(keys.join(", "))}) ${beyond} (${join(readCursor(model, cursor))})`,
        );
      }
      const found = await ctx.read<Record<string, unknown>>(
        [model],
        sql`select ${selected} from ${ctx.from(model)} where tenant = ${ctx.tenant}
          ${conditions.length > 0 ? sql`and ${join(conditions, " and ")}` : empty}
          order by ${order} limit ${limit + 1}`,
      );
      const rows = found.slice(0, limit);
      const last = found.length > limit ? rows.at(-1) : undefined;
      const nextCursor = last ? writeCursor(keyColumns.map((name) => last[camelCase(name)])) : null;
      return { rows, nextCursor } as z.infer<typeof output>;
    });
}

interface PageInput extends Record<string, unknown> {
  limit?: number;
  cursor?: string;
}

function writeCursor(key: unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

function readCursor(model: ReadModel, cursor: string): unknown[] {
  const types = model.key.slice(1).map((name) => model.columns[name] as z.ZodType);
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return z.tuple(types as [z.ZodType, ...z.ZodType[]]).parse(values) as unknown[];
  } catch (cause) {
    throw new Fault("BAD_INPUT", "The cursor is not one that this query gave.", {
      details: { issues: [{ path: "cursor", message: "is not a cursor of this query" }] },
      cause,
    });
  }
}
