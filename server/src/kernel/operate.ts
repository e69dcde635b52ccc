import type { ClientBase, PoolClient } from "pg";
import { beginRebuild } from "./build.ts";
import type { Identity } from "./context.ts";
import { codeOf } from "./database-errors.ts";
import { dropReadModel } from "./drop-read-model.ts";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { comingStates, type Generation, loadGenerations } from "./generation.ts";
import { identifier, literal } from "./schemas.ts";
import { CannotReturn, holdGenerations, returnToPrevious } from "./swap.ts";
import { inTransaction } from "./transaction.ts";
import { askVerification, repair } from "./verify.ts";

/*
 * What operations do to read models. Each is logged with who did it and why, in the transaction in
 * which it is done.
 */

/** Who asks for an operation, on what, and why. */
export interface Operation {
  readonly identity: Identity;
  readonly subject: string;
  readonly reason: string;
}

/** Stops refreshing a group; what changes goes on being noted. */
export function pauseGroup(engine: Engine, operation: Operation): Promise<void> {
  return logged(engine, "pause", operation, (client) =>
    changeGroup(
      client,
      engine,
      operation.subject,
      `paused_at = coalesce(paused_at, clock_timestamp()),
       paused_by = ${literal(operation.identity.actor)}, paused_reason = ${literal(operation.reason)}`,
    ),
  );
}

/** Refreshes a group again. */
export async function resumeGroup(engine: Engine, operation: Operation): Promise<void> {
  await logged(engine, "resume", operation, (client) =>
    changeGroup(
      client,
      engine,
      operation.subject,
      "paused_at = null, paused_by = null, paused_reason = null",
    ),
  );
  engine.signals.stale(operation.subject);
}

/** Tries what is held again, and wakes the refresher of a group. */
export async function refreshNow(engine: Engine, operation: Operation): Promise<void> {
  await logged(engine, "refresh", operation, async (client) => {
    await changeGroup(client, engine, operation.subject, "name = name");
    const write = identifier(engine.schemas.write);
    await client.query(
      `update ${write}.held_key as h set retry_at = now() from ${write}.generation as g
       where g.id = h.generation and g.refresh_group = $1`,
      [operation.subject],
    );
  });
  engine.signals.stale(operation.subject);
}

/** Has a read model built anew beside the rows that are read. */
export async function rebuildReadModel(engine: Engine, operation: Operation): Promise<void> {
  const { schemas } = engine;
  const group = await logged(engine, "rebuild", operation, async (client) => {
    // Whoever accepts what waits makes it come as well.
    await holdGenerations(client, schemas, operation.subject);
    const all = await loadGenerations(client, schemas, `name = ${literal(operation.subject)}`);
    const current = currentIn(all, operation.subject);
    if (all.some(({ state }) => comingStates.includes(state))) {
      throw new Fault("CONFLICT", `${operation.subject} is being built already.`);
    }
    await beginRebuild(client, schemas, current);
    return current.group;
  });
  engine.signals.stale(group);
}

/** Puts the previous generation of a read model back in its place. */
export function returnReadModel(engine: Engine, operation: Operation): Promise<void> {
  return logged(engine, "return", operation, async (client) => {
    try {
      await returnToPrevious(client, engine.schemas, operation.subject);
    } catch (error) {
      if (!(error instanceof CannotReturn)) throw error;
      throw new Fault("CONFLICT", `There is no way back: ${error.message}.`);
    }
  });
}

/** Drops a read model that this server does not declare any more. */
export async function dropUndeclared(engine: Engine, operation: Operation): Promise<void> {
  const { subject } = operation;
  if (engine.readModels.some(({ name }) => name === subject)) {
    throw new Fault("CONFLICT", `This server declares ${subject}.`, {
      hint: "Take its declaration out of the code and deploy that everywhere first.",
    });
  }
  await logged(engine, "drop", operation, async (client) => {
    try {
      if (await dropReadModel(client, engine.schemas, subject)) return;
    } catch (error) {
      const dependentObjects = "2BP01";
      if (codeOf(error) !== dependentObjects) throw error;
      const { detail } = error as { detail?: string };
      throw new Fault("CONFLICT", `Something else stands on ${subject}: ${detail}.`, {
        cause: error,
      });
    }
    throw new Fault("NOT_FOUND", `There is no read model ${subject}.`);
  });
}

/**
 * Asks a refresher to compare a read model with its defining query; answers a number to look for.
 */
export function verifyReadModel(
  engine: Engine,
  operation: Operation & { readonly sample: number | null },
): Promise<number> {
  return logged(engine, "verify", operation, async (client) => {
    await requireCurrent(client, engine, operation.subject);
    const { subject: readModel, sample, identity } = operation;
    const asked = { readModel, sample, askedBy: identity.actor };
    return askVerification(client, engine.schemas, asked);
  });
}

/** Has the differences that a verification found refreshed; answers how many keys that were. */
export async function repairReadModel(
  engine: Engine,
  operation: Operation & { readonly verification: number },
): Promise<number> {
  const write = identifier(engine.schemas.write);
  const { group, keys } = await logged(engine, "repair", operation, async (client) => {
    const current = await requireCurrent(client, engine, operation.subject);
    const { rows } = await client.query<{ keys: Record<string, unknown>[] }>(
      `update ${write}.verification set repaired_at = clock_timestamp()
       where id = $1 and read_model = $2 and finished_at is not null returning keys`,
      [operation.verification, operation.subject],
    );
    const [found] = rows;
    if (!found) throw new Fault("NOT_FOUND", "There is no such verification of this read model.");
    if (found.keys.length > 0) await repair(client, engine.schemas, current, found.keys);
    return { group: current.group, keys: found.keys.length };
  });
  engine.signals.stale(group);
  return keys;
}

async function requireCurrent(client: ClientBase, engine: Engine, name: string) {
  const found = await loadGenerations(client, engine.schemas, `name = ${literal(name)}`);
  return currentIn(found, name);
}

function currentIn(generations: readonly Generation[], name: string): Generation {
  const current = generations.find(({ state }) => state === "current");
  if (!current) throw new Fault("NOT_FOUND", `There is no read model ${name} with rows.`);
  return current;
}

async function changeGroup(client: ClientBase, engine: Engine, group: string, change: string) {
  const { rowCount } = await client.query(
    `update ${identifier(engine.schemas.write)}.refresh_group set ${change} where name = $1`,
    [group],
  );
  if (rowCount === 0) throw new Fault("NOT_FOUND", `There is no group ${group}.`);
}

/** Does something and puts on record who did it, and why, in one transaction. */
export async function logged<T>(
  engine: Pick<Engine, "operationsPool" | "schemas">,
  action: string,
  { identity, subject, reason }: Operation,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await engine.operationsPool.connect();
  try {
    const answer = await inTransaction(client, "begin", async () => {
      const done = await work(client);
      await client.query(
        `insert into ${identifier(engine.schemas.write)}.operation_log
           (tenant, partner, actor, action, subject, reason, outcome)
         values ($1, $2, $3, $4, $5, $6, 'done')`,
        [identity.tenant, identity.partner, identity.actor, action, subject, reason],
      );
      return done;
    });
    client.release();
    return answer;
  } catch (error) {
    client.release(!(error instanceof Fault));
    throw error;
  }
}
