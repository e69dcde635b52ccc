import { z } from "zod";
import { hasScope, type Identity } from "../kernel/context.ts";
import { codeOf } from "../kernel/database-errors.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { partsOf } from "../kernel/generation.ts";
import { jsonObject } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { isKept, type KeptReadModel } from "../kernel/read-model.ts";
import { camelCase, identifier, isoTime, literal, snakeCase } from "../kernel/schemas.ts";
import { currentGenerations } from "./lag.ts";
import { keyValues, readModelName } from "./names.ts";
import { aggregatesOf } from "./why-aggregates.ts";
import { commandsOf } from "./why-commands.ts";
import { type AskedRow, isAsked, whyCommand } from "./why-row.ts";

const commandsMax = 60;
const rowsMax = 50;
const scope = "operations:read";

const whyAnswer = z.strictObject({
  readModel: z.string(),
  maintain: z.enum(["byKey", "whole"]),
  key: keyValues(),
  /** The moment that the read model shows. */
  asOf: z.string().nullable(),
  /** What it says; null where it has no such row. */
  row: jsonObject().nullable(),
  /** What its defining query says now; null where it yields no such row, or would take too long. */
  due: jsonObject().nullable(),
  /** Whether `due` was worked out: of a read model that is refreshed whole it is not. */
  isDueKnown: z.boolean(),
  /** Commands that touched what the row is made of, the newest first. */
  commands: z.array(whyCommand).max(commandsMax),
});

const rowsAnswer = z.strictObject({
  readModel: z.string(),
  /** The columns of its key, without the tenant. */
  key: z.array(z.string()),
  rows: z.array(jsonObject()).max(rowsMax),
});

/** Somebody asks why a row says what it says. */
export const why = operation
  .meta({
    scope,
    doc:
      "Why a row of a read model says what it says: the row, what it is to say, and the commands " +
      "with their events that made it so or are still to be seen in it. Needs the read model's " +
      "own scope and journal:read as well.",
    example: {
      readModel: "sellableAvailability",
      key: { warehouse: "main", sku: "JNE3405-KR-L", grade: "N" },
    },
  })
  .input(z.strictObject({ readModel: readModelName(), key: keyValues() }))
  .output(whyAnswer)
  .query(async ({ ctx: { engine, identity }, input }) => {
    requireScope(identity, "journal:read");
    const { generation } = await find(engine, identity, input.readModel);
    const [, ...columns] = generation.definition.key;
    const values = columns.map((column) => keyPart(input.key, column));
    const asked = { engine, generation, tenant: identity.tenant, columns, values };
    const found = await asInput(() => rowOf(asked));
    const ids = await aggregatesOf(asked);
    const commands = await commandsOf({ ...asked, ids, commandsMax });
    return {
      ...{ readModel: camelCase(generation.name), maintain: generation.definition.maintain },
      key: Object.fromEntries(columns.map((column) => [column, input.key[column] ?? null])),
      ...found,
      commands,
    };
  });

/** Somebody looks for the row that they mean. */
export const readModelRows = operation
  .meta({
    scope,
    doc:
      "Some rows of a read model, by values of its key's columns. Needs the read model's own scope " +
      "as well.",
  })
  .input(
    z.strictObject({
      readModel: readModelName(),
      where: keyValues().default({}),
      limit: z.int().min(1).max(rowsMax).default(20),
    }),
  )
  .output(rowsAnswer)
  .query(async ({ ctx: { engine, identity }, input: { readModel, where, limit } }) => {
    const { generation } = await find(engine, identity, readModel);
    const [, ...key] = generation.definition.key;
    const named = key.filter((column) => where[column] != null && where[column] !== "");
    const conditions = named.map((column, i) => `and ${identifier(column)} = $${i + 2}`);
    const values = named.map((column) => String(where[column]));
    const { rows } = partsOf(generation, engine.schemas);
    const found = await asInput(() =>
      engine.operationsPool.query<{ row: Record<string, never> }>(
        `select to_jsonb(r) - 'tenant' as row from ${rows} as r
         where tenant = $1 ${conditions.join(" ")}
         order by ${key.map(identifier).join(", ")} limit ${limit}`,
        [identity.tenant, ...values],
      ),
    );
    return { readModel, key, rows: found.rows.map(({ row }) => row) };
  });

async function find(engine: Engine, identity: Identity, readModel: string) {
  const isMeant = (one: { readonly name: string }) => one.name === snakeCase(readModel);
  const model = engine.readModels.filter(isKept).find(isMeant);
  const generation = model && (await currentGenerations(engine)).find(isMeant);
  if (!model || !generation) {
    throw new Fault("NOT_FOUND", `There is no read model ${readModel} with rows.`);
  }
  requireScope(identity, (model as KeptReadModel).scope);
  return { model, generation };
}

function requireScope(identity: Identity, needed: string): void {
  if (!hasScope(identity, needed)) throw new Fault("FORBIDDEN", `This needs the scope ${needed}.`);
}

function keyPart(key: z.infer<ReturnType<typeof keyValues>>, column: string): string {
  const value = key[column];
  if (value !== undefined && value !== null) return String(value);
  throw new Fault("BAD_INPUT", "This is not the whole key of a row.", {
    details: { issues: [{ path: `key.${column}`, message: "is missing" }] },
  });
}

async function rowOf({ engine, generation, tenant, columns, values }: AskedRow) {
  const { rows, definition } = partsOf(generation, engine.schemas);
  const isDueKnown = generation.definition.maintain === "byKey";
  const row = (of: string) =>
    `(select to_jsonb(r) - 'tenant' from ${of} as r where ${isAsked(columns, "r")})`;
  const { rows: found } = await engine.operationsPool.query<
    Pick<z.infer<typeof whyAnswer>, "row" | "due" | "asOf">
  >(
    `select ${row(rows)} as row, ${isDueKnown ? row(definition) : "null::jsonb"} as due,
       ${isoTime("as_of")} as "asOf"
     from ${identifier(engine.schemas.write)}.refresh_group where name = ${literal(generation.group)}`,
    [tenant, ...values],
  );
  const [answer] = found;
  if (!answer) throw new Error("A read model has no group.");
  return { ...answer, isDueKnown };
}

/** A text that is no value of its column is what somebody wrote, and no fault of the server. */
async function asInput<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const notOfThisType = /^22/;
    if (!notOfThisType.test(codeOf(error))) throw error;
    throw new Fault("BAD_INPUT", `This is not a key of it: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
