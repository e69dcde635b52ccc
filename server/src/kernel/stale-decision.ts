import stringify from "safe-stable-stringify";
import { basedOnHeader, type Decision, type Fact } from "./based-on.ts";
import { type Passed, passedSql, sayPassed, tell } from "./command-trail.ts";
import { codeOf } from "./database-errors.ts";
import { Fault } from "./faults.ts";
import { readerViews } from "./generation.ts";
import { refuseAnyCommand } from "./kernel-refusals.ts";
import { camelCase, identifier, literal, type Schemas, snakeCase } from "./schemas.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** How a fact is no longer what it was; without a column it is the row that came or went. */
interface Difference {
  readonly readModel: string;
  readonly key: Fact["key"];
  readonly column: string | null;
  readonly was: unknown;
  readonly is: unknown;
  readonly words: string;
}

type Row = Readonly<Record<string, unknown>>;

// What a person reads before deciding anew; a few tell as much as all.
const commandsMax = 10;
const aggregatesMax = 50;
const eventsMax = 20;
const valueCharsMax = 100;
// numeric_value_out_of_range, invalid_datetime_format, datetime_field_overflow,
// character_not_in_repertoire, invalid_text_representation
const impossibleCodes = new Set(["22003", "22007", "22008", "22021", "22P02"]);

/**
 * Refuses a command whose decision was made on facts that have changed. It asks the defining
 * queries, in the command's own transaction: call it once the slice has run, so that the rows it
 * holds stay as they are until the commit, and before its changes are flushed.
 */
export async function refuseIfStale(
  uow: UnitOfWork,
  schemas: Schemas,
  { asOf, facts }: Decision,
): Promise<void> {
  if (facts.length === 0) return;
  const rows = await readRows(uow, schemas, facts);
  const changed = facts.flatMap((fact, i) => differencesOf(fact, rows.get(i)));
  if (changed.length === 0) return;
  const since = asOf === undefined ? [] : await findSince(uow, schemas, asOf);
  const words = changed.map((one) => one.words).join("; ");
  throw refuseAnyCommand("decision-stale", words, {
    changed,
    since: since.map(tell),
    words: [words, ...since.map(sayPassed)].join("; "),
  });
}

/** The rows as they are now, by the number of their fact, in one snapshot. */
async function readRows(uow: UnitOfWork, schemas: Schemas, facts: readonly Fact[]) {
  const values: unknown[] = [uow.tenant];
  const queries = facts.map(({ model, key, columns }, i) => {
    const isKey = Object.entries(key).map(([name, value]) => {
      values.push(value);
      return `and ${identifier(snakeCase(name))} = $${values.length}`;
    });
    const names = columns ? Object.keys(columns) : Object.keys(model.columns).map(camelCase);
    const selected = names.map((name) => `${identifier(snakeCase(name))} as ${identifier(name)}`);
    return `select ${i} as fact, row_to_json(answer)::text as row from (
      select ${selected.join(", ")} from ${readerViews(model, schemas).live}
      where tenant = $1 ${isKey.join(" ")}) as answer`;
  });
  const asked = uow.ask<{ fact: number; row: string }>(queries.join(" union all "), values);
  const found = await asked.catch((error: unknown) => {
    throw impossibleCodes.has(codeOf(error)) ? impossible(error) : error;
  });
  // Parsed as callers parse what a query answers.
  return new Map(found.map(({ fact, row }) => [fact, JSON.parse(row) as Row]));
}

function impossible(cause: unknown): Fault {
  return new Fault("BAD_INPUT", "What the command is based on is not valid.", {
    details: { issues: [{ path: basedOnHeader, message: "has a key that no row can have" }] },
    cause,
  });
}

function differencesOf({ model, key, columns }: Fact, row: Row | undefined): Difference[] {
  const readModel = camelCase(model.name);
  const of = `${readModel} ${Object.values(key).map(show).join(", ")}`;
  const whole = { readModel, key, column: null, was: columns, is: row ?? null };
  if (!columns) return row ? [{ ...whole, words: `${of} was not there and is now` }] : [];
  if (!row) return [{ ...whole, words: `${of} was there and is gone` }];
  return Object.entries(columns)
    .filter(([column, was]) => stringify(was) !== stringify(row[column]))
    .map(([column, was]) => {
      const is = row[column];
      const words = `${column} of ${of} was ${show(was)} and is ${show(is)}`;
      return { readModel, key, column, was, is, words };
    });
}

function show(value: unknown): string {
  const text = typeof value === "string" ? value : (stringify(value) ?? "nothing");
  return text.length > valueCharsMax ? `${text.slice(0, valueCharsMax)}...` : text;
}

/**
 * What has happened since then to the aggregates that the command works with: those facts that it
 * can be told of cheaply. Other commands may have changed a fact too.
 */
async function findSince(uow: UnitOfWork, schemas: Schemas, asOf: string): Promise<Passed[]> {
  const aggregates = uow.aggregates.slice(0, aggregatesMax);
  if (aggregates.length === 0) return [];
  const last = `jsonb_to_recordset($2) as a (kind text, id text)
    cross join lateral (
      select * from (
        select * from ${identifier(schemas.write)}.journal as j
        where j.tenant = $1 and j.kind = a.kind and j.id = a.id
        order by j.version desc limit ${eventsMax}) as last
      where last.at > ${literal(asOf)}) as j`;
  const text = `${passedSql(last, schemas)} limit ${commandsMax}`;
  return uow.ask<Passed>(text, [uow.tenant, JSON.stringify(aggregates)]);
}
