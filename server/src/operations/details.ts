import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { jsonObject } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { camelCase, identifier, isoTime, snakeCase } from "../kernel/schemas.ts";
import { keyValues, readModelName } from "./names.ts";

const scope = "operations:read";
const rowsMax = 200;
const moment = z.string();
const key = keyValues();
const ofReadModel = z.strictObject({ readModel: readModelName().optional() });

const comparison = z.strictObject({
  before: z.int(),
  after: z.int(),
  added: z.int(),
  removed: z.int(),
  different: z.int(),
  changed: z.record(z.string(), z.int()),
  /** Pending keys that were not compared: too many, or set aside. */
  leftOut: z.int().optional(),
  samples: z
    .array(
      z.strictObject({
        how: z.string(),
        key,
        /**
         * What a changed row of the caller's house says in each column that differs, and what it
         * would say.
         */
        before: jsonObject().optional(),
        after: jsonObject().optional(),
      }),
    )
    .max(20),
});

const generation = z.strictObject({
  id: z.int(),
  readModel: z.string(),
  hash: z.string(),
  /** What it is made from. */
  definition: z.strictObject({
    maintain: z.enum(["byKey", "whole"]),
    key: z.array(z.string()),
    columns: z.array(z.string()),
    freshWithinMs: z.number(),
    sql: z.string(),
  }),
  group: z.string(),
  state: z.enum(["building", "filled", "ready", "current", "previous"]),
  filledRows: z.int(),
  installedAt: moment,
  currentSince: moment.nullable(),
  comparison: comparison.nullable(),
  comparedAt: moment.nullable(),
  /** Since when it, filled, waits to be accepted; null where it does not. */
  waitingSince: moment.nullable(),
  error: z.string().nullable(),
});

/** Operations look at how a read model was declared before, now and next. */
export const generations = operation
  .meta({
    scope,
    doc: "The generations of read models: what is read, what is being built, what was before.",
  })
  .input(ofReadModel)
  .output(
    z.strictObject({
      generations: z.array(generation).max(rowsMax),
    }),
  )
  .query(async ({ ctx, input }) => {
    const found = await rowsOf<Listed>(
      ctx.engine,
      `select id, name as "readModel", hash, json_build_object(
           'maintain', definition -> 'maintain', 'key', definition -> 'key',
           'columns', definition -> 'columns', 'freshWithinMs', definition -> 'freshWithinMs',
           'sql', definition -> 'sql') as definition, refresh_group as "group",
         case state when 'waiting' then 'filled' else state end as state,
         filled_rows::int as "filledRows", ${isoTime("installed_at")} as "installedAt",
         ${isoTime("current_since")} as "currentSince", comparison, error,
         ${isoTime("compared_at")} as "comparedAt",
         case when state = 'waiting' then ${isoTime("waiting_since")} end as "waitingSince"
       from ${identifier(ctx.engine.schemas.write)}.generation
       where $1::text is null or name = $1 order by name, id desc limit ${rowsMax}`,
      input.readModel,
    );
    return { generations: found.map((one) => withoutOthersValues(one, ctx.identity.tenant)) };
  });

type Listed = z.infer<typeof generation>;

/** Keys are told of all houses, since operations look after all; values of one's own alone. */
function withoutOthersValues(one: Listed, tenant: string): Listed {
  if (!one.comparison) return one;
  const samples = one.comparison.samples.map(({ before, after, ...sample }) =>
    sample.key.tenant === tenant ? { ...sample, before, after } : sample,
  );
  return { ...one, comparison: { ...one.comparison, samples } };
}

/** Operations look at what could not be refreshed. */
export const heldKeys = operation
  .meta({ scope, doc: "Keys that were set aside because computing their rows failed, and why." })
  .input(ofReadModel)
  .output(
    z.strictObject({
      heldKeys: z
        .array(
          z.strictObject({
            readModel: z.string(),
            key,
            error: z.string(),
            tries: z.int(),
            since: moment,
            retryAt: moment,
          }),
        )
        .max(rowsMax),
    }),
  )
  .query(async ({ ctx, input }) => {
    const write = identifier(ctx.engine.schemas.write);
    return {
      heldKeys: await rowsOf(
        ctx.engine,
        `select g.name as "readModel", h.key, h.error, h.tries, ${isoTime("h.since")} as since,
           ${isoTime("h.retry_at")} as "retryAt"
         from ${write}.held_key as h join ${write}.generation as g on g.id = h.generation
         where $1::text is null or g.name = $1 order by h.since desc limit ${rowsMax}`,
        input.readModel,
      ),
    };
  });

/** Operations look at whether read models equal their defining queries. */
export const verifications = operation
  .meta({ scope, doc: "Comparisons of read models with their defining queries, the newest first." })
  .input(ofReadModel)
  .output(
    z.strictObject({
      verifications: z
        .array(
          z.strictObject({
            id: z.int(),
            readModel: z.string(),
            sample: z.int().nullable(),
            askedBy: z.string(),
            askedAt: moment,
            finishedAt: moment.nullable(),
            rowsChecked: z.int().nullable(),
            missing: z.int().nullable(),
            extra: z.int().nullable(),
            different: z.int().nullable(),
            keys: z.array(key).max(20),
            error: z.string().nullable(),
            repairedAt: moment.nullable(),
          }),
        )
        .max(rowsMax),
    }),
  )
  .query(async ({ ctx, input }) => ({
    verifications: await rowsOf(
      ctx.engine,
      `select id, read_model as "readModel", sample, asked_by as "askedBy",
         ${isoTime("asked_at")} as "askedAt", ${isoTime("finished_at")} as "finishedAt",
         rows_checked::int as "rowsChecked", missing::int, extra::int, different::int,
         (select coalesce(jsonb_agg(k), '[]')
           from (select k from jsonb_array_elements(keys) as k limit 20) as some_keys) as keys,
         error, ${isoTime("repaired_at")} as "repairedAt"
       from ${identifier(ctx.engine.schemas.write)}.verification
       where $1::text is null or read_model = $1 order by id desc limit ${rowsMax}`,
      input.readModel,
    ),
  }));

/** Operations look at who did what to read models, and why. */
export const log = operation
  .meta({ scope, doc: "What was done to read models, by whom and why, the newest first." })
  .input(z.strictObject({}).optional())
  .output(
    z.strictObject({
      entries: z
        .array(
          z.strictObject({
            at: moment,
            partner: z.string(),
            actor: z.string(),
            action: z.string(),
            subject: z.string(),
            reason: z.string(),
          }),
        )
        .max(rowsMax),
    }),
  )
  .query(async ({ ctx }) => ({
    entries: await rowsOf(
      ctx.engine,
      `select ${isoTime("at")} as at, partner, actor, action, subject, reason
       from ${identifier(ctx.engine.schemas.write)}.operation_log
       order by id desc limit ${rowsMax}`,
    ),
  }));

/** Names of read models leave in the SDK's spelling. */
async function rowsOf<Row extends object>(engine: Engine, text: string, readModel?: string) {
  const values = text.includes("$1") ? [readModel === undefined ? null : snakeCase(readModel)] : [];
  const { rows } = await engine.operationsPool.query<Row & { readModel?: string }>(text, values);
  for (const row of rows) if (row.readModel !== undefined) row.readModel = camelCase(row.readModel);
  return rows;
}
