import type { EntityMetadata, SqlEntityManager } from "@mikro-orm/postgresql";
import type { CommandSession } from "./command-session.ts";
import { identifier } from "./schemas.ts";

/**
 * What an entity's own properties must be equal to, all of them; a list means one of its values.
 * `{ sku: ["A", "B"], grade: "N" }` is: either SKU, in grade N. `AtMost` of a single condition is a
 * bound instead.
 */
export type Where = object;

/** Stands in a `Where` for every value up to this one, itself included. */
export class AtMost {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** How rows are found. */
export interface FindOptions {
  /**
   * Holds the rows until the command is over; give an order too, so that two commands never cross.
   */
  readonly lock?: boolean;
  /** With `lock`: leaves out rows that others hold instead of waiting for them. */
  readonly skipLocked?: boolean;
  readonly orderBy?: Readonly<Record<string, "asc" | "desc">>;
  /** Most rows; give an order too, so that it is said which. */
  readonly limit?: number;
}

type EntityClass<E> = abstract new (...args: never[]) => E;

/**
 * Finds rows of one tenant by equality and hands them to the unit of work as managed entities. The
 * statement is put together here because MikroORM's query builder takes ten times as long to do it,
 * in every command, several times; identity map, changes and saving stay its own. A row that this
 * command has changed already is found by what stands in the database and answered as changed.
 */
export async function findEntities<E extends object>(
  { em, session, tenant }: { em: SqlEntityManager; session: CommandSession; tenant: string },
  entity: EntityClass<E>,
  where: Where | readonly Where[],
  { lock = false, skipLocked = false, orderBy = {}, limit }: FindOptions,
): Promise<E[]> {
  if (skipLocked && !lock) throw new Error("Only rows that are to be held can be skipped.");
  const meta = em.getMetadata().get(entity as EntityClass<object>);
  const values: unknown[] = [tenant];
  const conditions = alternatives(meta, [where].flat(), values);
  const order = Object.entries(orderBy).map(([name, way]) => `${columnOf(meta, name)} ${way}`);
  if (limit !== undefined) values.push(limit);
  const text = [
    `select ${selectedOf(meta)} from ${tableOf(em, meta)} where tenant = $1`,
    conditions && `and (${conditions})`,
    order.length > 0 && `order by ${order.join(", ")}`,
    limit !== undefined && `limit $${values.length}`,
    lock && `for update${skipLocked ? " skip locked" : ""}`,
  ];
  const rows = await session.query(prepared(text.filter(Boolean).join(" "), values));
  return rows.map((row) => {
    const changed = changedAlready(em, meta, row);
    return (changed ?? em.map(entity as EntityClass<object>, row)) as E;
  });
}

/**
 * The entity of a row that this command has changed and not sent yet: finding it again must not
 * undo that, as reading the row into it would.
 */
function changedAlready(
  em: SqlEntityManager,
  meta: EntityMetadata,
  row: Record<string, unknown>,
): object | undefined {
  const work = em.getUnitOfWork();
  const key = meta.primaryKeys.map((name) => row[propertyOf(meta, name).fieldNames[0] ?? name]);
  const known = work.getById<object>(meta.class, key as never, schemaOf(em, meta));
  if (!known) return undefined;
  const comparator = em.getComparator();
  const asFound = work.getOriginalEntityData(known) ?? {};
  const changes = comparator.diffEntities(meta.class, asFound, comparator.prepareEntity(known));
  return Object.keys(changes).length > 0 ? known : undefined;
}

const names = new Map<string, string>();

/** A statement that each connection parses once; its text depends on its shape only. */
function prepared(text: string, values: unknown[]) {
  const name = names.get(text) ?? `find-${names.size}`;
  names.set(text, name);
  return { name, text, values };
}

/**
 * Several conditions, one of which must hold; those on the same columns become one join of keys.
 */
function alternatives(meta: EntityMetadata, wheres: readonly Where[], values: unknown[]): string {
  const [first = {}] = wheres;
  if (wheres.length === 1) {
    return Object.entries(first)
      .map(([name, wanted]) => {
        values.push(wanted instanceof AtMost ? wanted.value : wanted);
        const column = columnOf(meta, name);
        if (wanted instanceof AtMost) return `${column} <= $${values.length}`;
        return Array.isArray(wanted)
          ? `${column} = any ($${values.length}::${typeOf(meta, name)}[])`
          : `${column} = $${values.length}`;
      })
      .join(" and ");
  }
  const names = Object.keys(first);
  const lists = names.map((name) => {
    values.push(wheres.map((where) => (where as Record<string, unknown>)[name]));
    return `$${values.length}::${typeOf(meta, name)}[]`;
  });
  const columns = names.map((name) => columnOf(meta, name)).join(", ");
  return `(${columns}) in (select * from unnest(${lists.join(", ")}))`;
}

function propertyOf(meta: EntityMetadata, name: string) {
  const property = meta.properties[name as never] as
    | { fieldNames: string[]; columnTypes: string[] }
    | undefined;
  if (!property) throw new Error(`${meta.className} has no property ${name}.`);
  return property;
}

function columnOf(meta: EntityMetadata, name: string): string {
  return identifier(propertyOf(meta, name).fieldNames[0] ?? name);
}

function typeOf(meta: EntityMetadata, name: string): string {
  return propertyOf(meta, name).columnTypes[0] ?? "text";
}

function selectedOf(meta: EntityMetadata): string {
  return meta.props
    .flatMap(({ fieldNames }) => fieldNames ?? [])
    .map(identifier)
    .join(", ");
}

function tableOf(em: SqlEntityManager, meta: EntityMetadata): string {
  const schema = schemaOf(em, meta);
  return schema
    ? `${identifier(schema)}.${identifier(meta.tableName)}`
    : identifier(meta.tableName);
}

function schemaOf(em: SqlEntityManager, meta: EntityMetadata): string | undefined {
  return meta.schema ?? (em.config.get("schema") as string | undefined);
}
