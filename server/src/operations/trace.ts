import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { type Generation, partsOf } from "../kernel/generation.ts";
import { safeText } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { readReceipt, writeReceipt } from "../kernel/receipt.ts";
import { camelCase, identifier, literal, type Schemas } from "../kernel/schemas.ts";
import { currentGenerations } from "./lag.ts";
import { keyValues } from "./names.ts";

const eventsMax = 100;
const keysMax = 20;

/** A command's way: what was asked, what happened, and where that is to be seen. */
export const traceAnswer = z.strictObject({
  command: z
    .strictObject({
      procedure: z.string(),
      commandId: z.string(),
      partner: z.string(),
      actor: z.string(),
      committedAt: z.string(),
      receipt: z.string(),
    })
    .nullable(),
  receipt: z.string(),
  events: z
    .array(z.strictObject({ kind: z.string(), id: z.string(), version: z.int(), type: z.string() }))
    .max(eventsMax),
  readModels: z
    .array(
      z.strictObject({
        readModel: z.string(),
        group: z.string(),
        /**
         * `visible`: the read model shows it. `pending`: keys that it changed wait. `behind`: none
         * of its own, but what was written before it waits.
         */
        state: z.enum(["visible", "pending", "behind"]),
        /** The moment that the read model shows. */
        asOf: z.string().nullable(),
        /** Keys of this very command that wait; `null` where the read model has no keys. */
        pendingKeys: z
          .array(z.strictObject({ key: keyValues(), held: z.boolean() }))
          .max(keysMax)
          .nullable(),
      }),
    )
    .max(500),
});

/** A command's way. */
export type Trace = z.infer<typeof traceAnswer>;

/** Operations follow one command into the read models. */
export const trace = operation
  .meta({
    scope: "operations:read",
    doc:
      "Follows one command, by its id or its receipt: when it was committed, what happened, and in " +
      "which read models it is to be seen. What was refused, or never came, is not found.",
  })
  .input(z.strictObject({ command: safeText(200) }))
  .output(traceAnswer)
  .query(async ({ ctx, input: { command: text } }) => {
    const { engine, identity } = ctx;
    const given = readReceipt(text.trim());
    if (given && given.epoch !== engine.epoch) {
      throw new Fault("RECEIPT_REFUSED", "This receipt is from another database.");
    }
    const xid = given?.xid ?? (await xidOf(engine, identity.tenant, text.trim()));
    if (xid === undefined) {
      throw new Fault("NOT_FOUND", "No command of this id was applied here.", {
        hint: "It was refused, it never came, or it is another tenant's.",
      });
    }
    const [command, events, readModels] = await Promise.all([
      commandOf(engine, identity.tenant, xid),
      eventsOf(engine, identity.tenant, xid),
      readModelsOf(engine, xid),
    ]);
    return { command, receipt: writeReceipt({ epoch: engine.epoch, xid }), events, readModels };
  });

const iso = (expression: string) =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function xidOf(
  { operationsPool, schemas }: Engine,
  tenant: string,
  commandId: string,
): Promise<string | undefined> {
  const log = `${identifier(schemas.write)}.command_log`;
  const { rows } = await operationsPool.query<{ xid: string }>(
    // An id is a partner's own. Partners are few, and found one after the other by the same index.
    `with recursive partner as (
       (select partner from ${log} where tenant = $1 order by partner limit 1)
       union all
       select (select l.partner from ${log} as l where l.tenant = $1 and l.partner > p.partner
         order by l.partner limit 1)
       from partner as p where p.partner is not null)
     select found.xid::text as xid from partner as p cross join lateral (
       select xid, at from ${log} as l
       where l.tenant = $1 and l.partner = p.partner and l.command_id = $2) as found
     order by found.at desc limit 1`,
    [tenant, commandId],
  );
  return rows[0]?.xid;
}

/** By way of its events, which have an index on the transaction; without any it is not found. */
async function commandOf(
  { operationsPool, schemas, epoch }: Engine,
  tenant: string,
  xid: string,
): Promise<Trace["command"]> {
  const write = identifier(schemas.write);
  const { rows } = await operationsPool.query<NonNullable<Trace["command"]>>(
    `select procedure, command_id as "commandId", partner, actor, ${iso("at")} as "committedAt"
     from ${write}.command_log as l
     where tenant = $1 and xid = $2::xid8 and (partner, command_id) in (
       select partner, command_id from ${write}.journal
       where tenant = $1 and xid::text::bigint = $2::text::bigint)
     limit 1`,
    [tenant, xid],
  );
  return rows[0] ? { ...rows[0], receipt: writeReceipt({ epoch, xid }) } : null;
}

async function eventsOf(
  { operationsPool, schemas }: Engine,
  tenant: string,
  xid: string,
): Promise<Trace["events"]> {
  const { rows } = await operationsPool.query<Trace["events"][number]>(
    `select kind, id, version, type from ${identifier(schemas.write)}.journal
     where tenant = $1 and xid::text::bigint = $2::text::bigint
     order by position limit ${eventsMax}`,
    [tenant, xid],
  );
  return rows;
}

async function readModelsOf(engine: Engine, xid: string): Promise<Trace["readModels"]> {
  const generations = await currentGenerations(engine);
  if (generations.length === 0) return [];
  const { rows } = await engine.operationsPool.query<Trace["readModels"][number]>(
    generations.map((generation) => stateSql(generation, engine.schemas)).join(" union all "),
    [xid],
  );
  return rows;
}

function stateSql(generation: Generation, schemas: Schemas): string {
  const { stale, key } = partsOf(generation, schemas);
  const { definition, name, group } = generation;
  const values = definition.key.map((column) => `'${column}', ${identifier(column)}`);
  const keys = `(select coalesce(json_agg(entry), '[]') from (
      select json_build_object('key', json_build_object(${values.join(", ")}),
        'held', bool_or(held)) as entry
      from ${stale} where xid = $1::text::xid8 group by ${key} limit ${keysMax}) as listed)`;
  return `(select ${literal(camelCase(name))} as "readModel", ${literal(group)} as "group",
      case when exists (select from ${stale} where xid = $1::text::xid8) then 'pending'
        when coalesce(pg_visible_in_snapshot($1::text::xid8, g.snapshot), false) then 'visible'
        when exists (select from ${stale} where xid < $1::text::xid8) then 'behind'
        else 'visible' end as state,
      ${iso("g.as_of")} as "asOf",
      ${definition.maintain === "whole" ? "null::json" : keys} as "pendingKeys"
    from ${identifier(schemas.write)}.refresh_group as g where g.name = ${literal(group)})`;
}
