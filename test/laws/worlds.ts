import type { TestDatabase } from "../harness/database.ts";
import { tables } from "../harness/tables.ts";
import type { Outcome } from "./desk.ts";

/** The ids that a pair's commands are sent under, in every world. */
export const pairIds = ["command-x", "command-y"] as const;

/** A copy of the base world in which both commands of a pair were sent, in one order. */
export interface World {
  readonly tenant: string;
  /** What came of each, in the order in which the pair names them. */
  readonly outcomes: readonly [Outcome, Outcome];
}

/** A row as it is compared: its table, and what stands in it. */
export interface Row {
  readonly table: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Copies all that a tenant has to another one, with the same ids. */
export async function mirror(
  database: TestDatabase,
  from: string,
  to: string,
  { isRead = false } = {},
): Promise<void> {
  const columns = await database.query<{ name: string; columns: string }>(
    `select table_name as name, string_agg(quote_ident(column_name), ', ') as columns
     from information_schema.columns
     where table_schema = 'selvedge' and table_name = any ($1)
       and column_name not in ('tenant', 'position')
     group by table_name`,
    [tables],
  );
  const copies = columns.map(
    ({ name, columns: all }) =>
      `insert into selvedge.${name} (tenant, ${all}) overriding system value
         select '${to}', ${all} from selvedge.${name} where tenant = '${from}'`,
  );
  // Where nobody reads, no read model need be told.
  const untold = isRead ? [] : ["set local session_replication_role = replica"];
  await database.query([...untold, ...copies].join(";\n"));
}

// What these say is who came first, and under which name; which pieces are too many, too.
const arrival = [
  ...["tenant", "sequence", "position", "xid", "at", "discrepancy"],
  ...["command_id", "input_hash", "answer"],
];

// The journal's versions count who came when. A fact of a variant that is stated twice is news
// once, and so how many events it takes to state all of them is left to who came first as well.
const inArrivalOrder = new Set(["journal", "variant"]);

/**
 * Reads all rows of a world, to compare with another's. Times from `sinceMs` on read as such, and
 * ids that the house made for the pair as whose they are. How many events an aggregate has, its own
 * row says.
 */
export async function rowsOf(
  database: TestDatabase,
  world: World,
  sinceMs: number,
): Promise<Row[]> {
  const all = tables.map(
    (name) => `select '${name}' as name, to_jsonb(t) - $2::text[] as facts
      from selvedge.${name} as t where tenant = $1`,
  );
  const rows = await database.query<{ name: string; facts: Record<string, unknown> }>(
    all.join(" union all "),
    [world.tenant, arrival],
  );
  const nowMs = Date.now();
  const isNew = (value: unknown) => {
    if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT/.test(value)) return false;
    const ms = Date.parse(value);
    return ms >= sinceMs && ms <= nowMs;
  };
  const told = rows.filter(({ name, facts }) => name !== "journal" || facts.kind !== "Variant");
  return told.map(({ name: table, facts: { version, ...others } }) => {
    const facts = inArrivalOrder.has(table) ? others : { ...others, version };
    const entries = Object.entries(withNames(facts, world)).map(([name, value]) => {
      return [name, isNew(value) ? "since then" : value] as const;
    });
    return { table, facts: Object.fromEntries(entries) };
  });
}

/** Facts with names for the ids that the house made in a world for the pair. */
export function withNames<Facts extends object>(facts: Facts, { outcomes }: World): Facts {
  let text = JSON.stringify(facts);
  for (const [i, outcome] of outcomes.entries()) {
    const { orderId } = (outcome.ok ? outcome.data : {}) as { orderId?: string };
    if (orderId !== undefined) text = text.replaceAll(orderId, `of ${pairIds[i]}`);
  }
  return JSON.parse(text);
}

/** Rows that the one has and not the other, in words. */
export function differences(one: readonly Row[], other: readonly Row[]): string[] {
  const more = new Map<string, number>();
  const count = (rows: readonly Row[], by: number) => {
    for (const text of rows.map(tell)) more.set(text, (more.get(text) ?? 0) + by);
  };
  count(one, 1);
  count(other, -1);
  return [...more]
    .filter(([, times]) => times !== 0)
    .map(([text, times]) => `${times > 0 ? "x, then y" : "y, then x"}: ${text}`)
    .sort();
}

function tell({ table, facts }: Row): string {
  const { data, ...others } = facts;
  // Which of the pieces are too many is left to who came first, as in the column `discrepancy`.
  const { overReason, ...told } = (data ?? {}) as Record<string, unknown>;
  const all = { ...others, ...(data !== undefined && { data: told }) };
  const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${table} ${JSON.stringify(Object.fromEntries(sorted))}`;
}
