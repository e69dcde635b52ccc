import { Selvedge as Client } from "@selvedge/sdk";
import pg from "pg";
import type { Role } from "../../server/src/kernel/engine.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import type { TestDatabase } from "../harness/database.ts";
import { startSelvedge } from "../harness/selvedge.ts";
import { firstNumber, Recorder } from "./recorder.ts";
import { type Key, keysSql, makeKeys, registersSet } from "./registers.ts";

/** A person who corrects one SKU's quantity, which nobody else does, through commands. */
export interface Desk {
  /** It asks to see its own writes, as the SDK does by itself. */
  readonly client: Client;
  readonly sku: string;
  readonly ref: string;
}

/** What sessions play on: a Selvedge over a database with keys, and a recorder. */
export interface Stage {
  readonly recorder: Recorder;
  readonly database: TestDatabase;
  /** A client that asks for no more than it is told to. */
  readonly client: Client;
  readonly keys: readonly Key[];
  readonly desks: readonly Desk[];
  /** Which database this is, as receipts say it. */
  readonly epoch: string;
  /** Opens a connection that writes as the owner or reads as the query role. */
  connect(as: "owner" | "reader"): Promise<pg.Client>;
  /** Reads the database's clock. */
  readClock(): Promise<number>;
  stop(): Promise<void>;
}

const keysCount = 8;
const desksCount = 2;
// A query that waits is told soon that it was in vain; but on a machine that is out of breath the
// answer itself may take its time.
const waitMsMax = 2_000;
const timeoutMs = 20_000;

/** Reads the database's clock, in ms since 1970. */
export const clockSql = "select extract(epoch from clock_timestamp())::float8 * 1000 as clock_ms";

/** What a stage is set on; all of it has a default. */
export interface Setting {
  /** What the server in this process does; all of it by default. */
  readonly roles?: readonly Role[];
  /** A new one by default. */
  readonly database?: TestDatabase;
  /** Called once the keys are there. */
  prepare?(database: TestDatabase): Promise<void>;
}

/** Starts a Selvedge over a database and brings the keys into being. */
async function setStage({ roles, database: given, prepare }: Setting): Promise<Stage> {
  const started = await startSelvedge({ ...(roles && { roles }) }, given);
  const recorder = new Recorder();
  const connections: pg.Client[] = [];
  const stop = async () => {
    await Promise.allSettled(connections.map((connection) => connection.end()));
    await started.stop();
  };
  const connect = async (as: "owner" | "reader") => {
    const setting = as === "owner" ? "search_path=selvedge" : `role=${defaultSchemas.queryRole}`;
    const connectionString = started.database.url;
    const connection = new pg.Client({ connectionString, options: `-c ${setting}` });
    connection.on("error", () => undefined);
    connections.push(connection);
    await connection.connect();
    return connection;
  };
  const readClock = async () => {
    const [row] = await started.database.query<{ clock_ms: number }>(clockSql);
    recorder.sawClock(row?.clock_ms ?? 0);
    return recorder.clockMs;
  };
  try {
    const keys = makeKeys(keysCount);
    const owner = await connect("owner");
    const columns = (["sku", "ref", "orderId"] as const).map((name) =>
      keys.map((key) => key[name]),
    );
    await owner.query(keysSql, columns);
    const { rows } = await owner.query<{ id: string }>("select id from epoch");
    const desks = await openDesks(started.baseUrl);
    await prepare?.(started.database);
    recorder.starts(
      [...registersSet("promise", keys), ...desks.map(({ sku }) => `onHand ${sku}`)],
      await readClock(),
    );
    const client = new Client({ ...clientOptions(started.baseUrl), consistency: "none" });
    const { database } = started;
    const epoch = rows[0]?.id ?? "";
    return { recorder, database, client, keys, desks, epoch, connect, readClock, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Plays on a stage of its own, which is cleared away whatever happens. */
export async function onStage<Result>(
  setting: Setting,
  act: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const stage = await setStage(setting);
  try {
    return await act(stage);
  } finally {
    await stage.stop();
  }
}

function clientOptions(baseUrl: string) {
  const fetch: typeof globalThis.fetch = (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set("selvedge-timeout-ms", String(waitMsMax));
    return globalThis.fetch(url, { ...init, headers });
  };
  return { baseUrl, timeoutMs, fetch };
}

async function openDesks(baseUrl: string): Promise<Desk[]> {
  return Promise.all(
    Array.from({ length: desksCount }, async (_, i) => {
      const client = new Client(clientOptions(baseUrl));
      const [sku, ref] = [`D${i + 1}`, `D${i + 1}/1`];
      await client.catalogue.registerVariant({ sku });
      await client.stock.addBatch({ ref, sku, qty: firstNumber });
      return { client, sku, ref };
    }),
  );
}
