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
  options: FindOptions,
): Promise<E[]> {
  const { lock = false, skipLocked = false, limit } = options;
  if (skipLocked && !lock) throw new Error("Only rows that are to be held can be skipped.");
  const meta = em.getMetadata().get(entity as EntityClass<object>);
  const wheres = [where].flat();
  const values = [tenant, ...valuesOf(wheres), ...(limit === undefined ? [] : [limit])];
  const rows = await session.query({ ...statementOf(em, meta, wheres, options), values });
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

/** A statement that each connection parses once. */
interface Prepared {
  readonly name: string;
  readonly text: string;
}

const names = new Map<string, string>();
const known = new WeakMap<EntityMetadata, Map<string, Prepared>>();

/** The statement for questions of this shape: made once, since commands ask few of them, often. */
function statementOf(
  em: SqlEntityManager,
  meta: EntityMetadata,
  wheres: readonly Where[],
  options: FindOptions,
): Prepared {
  const ofEntity = known.get(meta) ?? new Map<string, Prepared>();
  known.set(meta, ofEntity);
  const shape = shapeOf(wheres, options);
  const found = ofEntity.get(shape);
  if (found) return found;
  const text = textOf(em, meta, wheres, options);
  const name = names.get(text) ?? `find-${names.size}`;
  names.set(text, name);
  ofEntity.set(shape, { name, text });
  return { name, text };
}

/** Two questions with the same shape have the same text. */
function shapeOf(wheres: readonly Where[], options: FindOptions): string {
  const { lock = false, skipLocked = false, orderBy = {}, limit } = options;
  const [first = {}] = wheres;
  const conditions =
    wheres.length === 1
      ? Object.entries(first).map(([name, wanted]) => name + operatorOf(wanted))
      : Object.keys(first);
  const order = Object.entries(orderBy).map(([name, way]) => `${name} ${way}`);
  const how = [wheres.length === 1, lock, skipLocked, limit !== undefined];
  return `${conditions} ${order} ${how}`;
}

function operatorOf(wanted: unknown): "<=" | "any" | "=" {
  return wanted instanceof AtMost ? "<=" : Array.isArray(wanted) ? "any" : "=";
}

function textOf(
  em: SqlEntityManager,
  meta: EntityMetadata,
  wheres: readonly Where[],
  { lock = false, skipLocked = false, orderBy = {}, limit }: FindOptions,
): string {
  const conditions = alternatives(meta, wheres);
  const order = Object.entries(orderBy).map(([name, way]) => `${columnOf(meta, name)} ${way}`);
  const parts = [
    `select ${selectedOf(meta)} from ${tableOf(em, meta)} where tenant = $1`,
    conditions && `and (${conditions})`,
    order.length > 0 && `order by ${order.join(", ")}`,
    limit !== undefined && `limit $${2 + valuesOf(wheres).length}`,
    lock && `for update${skipLocked ? " skip locked" : ""}`,
  ];
  return parts.filter(Boolean).join(" ");
}

/**
 * Several conditions, one of which must hold; those on the same columns become one join of keys.
 * The first parameter is the tenant.
 */
function alternatives(meta: EntityMetadata, wheres: readonly Where[]): string {
  const [first = {}] = wheres;
  if (wheres.length === 1) {
    return Object.entries(first)
      .map(([name, wanted], i) => {
        const [column, operator] = [columnOf(meta, name), operatorOf(wanted)];
        return operator === "any"
          ? `${column} = any ($${i + 2}::${typeOf(meta, name)}[])`
          : `${column} ${operator} $${i + 2}`;
      })
      .join(" and ");
  }
  const names = Object.keys(first);
  const lists = names.map((name, i) => `$${i + 2}::${typeOf(meta, name)}[]`);
  const columns = names.map((name) => columnOf(meta, name)).join(", ");
  return `(${columns}) in (select * from unnest(${lists.join(", ")}))`;
}

/** The parameters of the conditions, in the order in which those name them. */
function valuesOf(wheres: readonly Where[]): unknown[] {
  const [first = {}] = wheres;
  if (wheres.length === 1) {
    const wanted: unknown[] = Object.values(first);
    return wanted.map((one) => (one instanceof AtMost ? one.value : one));
  }
  return Object.keys(first).map((name) =>
    wheres.map((where) => (where as Record<string, unknown>)[name]),
  );
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
