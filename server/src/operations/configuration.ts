import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { operation } from "../kernel/procedure.ts";
import { camelCase, identifier, isoTime } from "../kernel/schemas.ts";
import { oldestSdk, serverVersion } from "../version.ts";

const changesMax = 50;
const refreshersMax = 200;

const pool = z.strictObject({
  name: z.string(),
  max: z.int(),
  open: z.int(),
  idle: z.int(),
  /** Calls that wait for a connection. */
  waiting: z.int(),
});

const configurationAnswer = z.strictObject({
  /** What the house has decided, the newest first; `names` says which of its settings. */
  changes: z
    .array(
      z.strictObject({
        version: z.int(),
        at: z.string(),
        actor: z.string(),
        partner: z.string(),
        commandId: z.string(),
        names: z.array(z.string()),
      }),
    )
    .max(changesMax),
  /** The process that answers. */
  process: z.strictObject({
    server: z.string(),
    oldestSdk: z.string(),
    contract: z.string(),
    runtime: z.string(),
    upSince: z.string(),
    roles: z.array(z.string()),
    /** Read models that it computes as they are asked for. */
    live: z.array(z.string()),
    pools: z.array(pool),
    schemas: z.strictObject({ write: z.string(), read: z.string(), jobs: z.string() }),
  }),
  database: z.strictObject({
    name: z.string(),
    postgres: z.string(),
    epoch: z.string(),
    /** The newest migration that was applied. */
    migration: z.string().nullable(),
  }),
  refreshers: z
    .array(
      z.strictObject({
        host: z.string(),
        pid: z.int(),
        startedAt: z.string(),
        heardAt: z.string(),
      }),
    )
    .max(refreshersMax),
});

type Configuration = z.infer<typeof configurationAnswer>;

/** Operations look at what was decided, and at what it all runs on. */
export const configuration = operation
  .meta({
    scope: "operations:read",
    doc:
      "Who changed the settings of the caller's house and when, and what the process that answers " +
      "runs on: its version, roles, pools and schemas, without any secret.",
  })
  .input(z.strictObject({}).optional())
  .output(configurationAnswer)
  .query(async ({ ctx: { engine, identity } }) => ({
    ...(await readDatabase(engine, identity.tenant)),
    process: processOf(engine),
  }));

function processOf(engine: Engine): Configuration["process"] {
  const { roles, live, schemas, readPool, operationsPool, sessions } = engine;
  const poolsByName = { command: sessions.pool, query: readPool, operations: operationsPool };
  return {
    ...{
      server: serverVersion,
      oldestSdk,
      contract: engine.served.contractHash(),
      runtime: process.version,
    },
    upSince: new Date(Date.now() - process.uptime() * 1_000).toISOString(),
    roles: [...roles],
    live: [...live].map(camelCase),
    pools: Object.entries(poolsByName).map(([name, one]) => ({
      ...{ name, max: one.options.max, open: one.totalCount },
      ...{ idle: one.idleCount, waiting: one.waitingCount },
    })),
    schemas: { write: schemas.write, read: schemas.read, jobs: schemas.jobs },
  };
}

async function readDatabase(
  { operationsPool, schemas, epoch }: Engine,
  tenant: string,
): Promise<Omit<Configuration, "process">> {
  const write = identifier(schemas.write);
  const { rows } = await operationsPool.query<Omit<Configuration, "process">>(
    `select (
         select coalesce(json_agg(one), '[]') from (
           select version, ${isoTime("at")} as at, actor, partner, command_id as "commandId",
             array(select jsonb_object_keys(data) order by 1) as names
           from ${write}.journal where tenant = $1 and kind = 'TenantSettings' and id = $1
           order by version desc limit ${changesMax}
         ) as one) as changes,
       json_build_object('name', current_database(), 'postgres',
         split_part(current_setting('server_version'), ' ', 1), 'epoch', $2::text,
         'migration', (select name from ${write}.migration order by id desc limit 1)) as database,
       (select coalesce(json_agg(one), '[]') from (
           select host, pid, ${isoTime("started_at")} as "startedAt",
             ${isoTime("heard_at")} as "heardAt"
           from ${write}.refresher where heard_at > now() - interval '1 hour'
           order by heard_at desc limit ${refreshersMax}
         ) as one) as refreshers`,
    [tenant, epoch],
  );
  const [found] = rows;
  if (!found) throw new Error("The configuration was not answered.");
  return found;
}
