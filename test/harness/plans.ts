import type pg from "pg";
import { vi } from "vitest";
import { literal } from "../../server/src/kernel/schemas.ts";
import type { TestSelvedge } from "./selvedge.ts";

/** A node of a plan that was run, as EXPLAIN prints it. */
export interface RunNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  /** How many rows it gave each time it ran, and how often it ran. */
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly RunNode[];
}

/**
 * How PostgreSQL runs the statement that a query sends: every node of its plan that ran, as the
 * query role has it planned, once for all values.
 */
export async function planOf(
  { selvedge }: Pick<TestSelvedge, "selvedge">,
  ask: () => Promise<unknown>,
): Promise<RunNode[]> {
  const pool = selvedge.engine?.readPool;
  if (!pool) throw new Error("The server has not started.");
  const query = vi.spyOn(pool, "query");
  await ask();
  const statement = query.mock.calls[0]?.[0] as unknown as pg.QueryConfig | undefined;
  query.mockRestore();
  if (!statement) throw new Error("The query sent no statement.");
  return runPlan(pool, statement);
}

/** How PostgreSQL runs the statements that an operation sends, every node that ran. */
export async function operationPlanOf(
  { selvedge }: Pick<TestSelvedge, "selvedge">,
  ask: () => Promise<unknown>,
): Promise<RunNode[]> {
  const pool = selvedge.engine?.operationsPool;
  if (!pool) throw new Error("The server has not started.");
  const query = vi.spyOn(pool, "query");
  await ask();
  const calls = query.mock.calls as unknown as [string, unknown[]?][];
  const statements = calls.map(([text, values]) => ({ text, ...(values && { values }) }));
  query.mockRestore();
  if (statements.length === 0) throw new Error("The operation sent no statement.");
  const nodes: RunNode[] = [];
  for (const statement of statements) nodes.push(...(await runPlan(pool, statement)));
  return nodes;
}

async function runPlan(pool: pg.Pool, { text, values = [] }: pg.QueryConfig): Promise<RunNode[]> {
  const client = await pool.connect();
  try {
    await client.query(`prepare planned as ${text}`);
    const given = values.length > 0 ? `(${values.map(written).join(", ")})` : "";
    const { rows } = await client.query(`explain (analyze, format json) execute planned${given}`);
    return nodesOf(rows[0]["QUERY PLAN"][0].Plan).filter((node) => node["Actual Loops"] > 0);
  } finally {
    client.release(true);
  }
}

function nodesOf(node: RunNode): RunNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (!Array.isArray(value)) return literal(String(value));
  return `array[${value.map(written).join(", ")}]`;
}

/** How many rows a node read, whether it gave them on or not. */
export function rowsRead(node: RunNode): number {
  return (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
}
