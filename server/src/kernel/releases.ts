import type { ClientBase } from "pg";
import type { Engine } from "./engine.ts";
import { Fault } from "./faults.ts";
import { comingStates, type Generation, loadGenerations } from "./generation.ts";
import { logged, type Operation } from "./operate.ts";
import { identifier, literal } from "./schemas.ts";
import { dropGeneration, holdGenerations, leaveGroupAlone, lockMs } from "./swap.ts";

/*
 * What operations decide of a changed read model that waits because it would change what is read.
 * They name the generation that they looked at, so that nobody decides of a later one unseen.
 */

/** A decision on one generation of a read model. */
export interface ReleaseOperation extends Operation {
  readonly generation: number;
}

/** Lets a generation take its place at the next refresh of its group. */
export async function acceptGeneration(engine: Engine, operation: ReleaseOperation): Promise<void> {
  const group = await logged(engine, "accept", operation, async (client) => {
    const waiting = await waitingOf(client, engine, operation);
    const all = await loadGenerations(client, engine.schemas, `name = ${literal(waiting.name)}`);
    if (all.some(({ state }) => comingStates.includes(state))) {
      throw new Fault("CONFLICT", `${waiting.name} is being rebuilt just now.`, {
        hint: "Accept it once that is done.",
      });
    }
    const write = identifier(engine.schemas.write);
    await client.query(
      `update ${write}.generation set state = 'ready', error = null where id = ${waiting.id}`,
    );
    return waiting.group;
  });
  engine.signals.stale(group);
}

/** Has a generation compared anew with the rows that are read by now. */
export async function compareGenerationAnew(
  engine: Engine,
  operation: ReleaseOperation,
): Promise<void> {
  await logged(engine, "compare", operation, async (client) => {
    const { id } = await waitingOf(client, engine, operation);
    const write = identifier(engine.schemas.write);
    await client.query(`update ${write}.generation set compared_at = null where id = ${id}`);
  });
}

/** Drops a generation that is not wanted; refused while this server declares it. */
export async function discardGeneration(
  engine: Engine,
  operation: ReleaseOperation,
): Promise<void> {
  await logged(engine, "discard", operation, async (client) => {
    const waiting = await waitingOf(client, engine, operation);
    const { name, hash, group } = waiting;
    if (engine.readModels.some((one) => one.name === name && one.hash === hash)) {
      throw new Fault("CONFLICT", `This server declares ${name} so.`, {
        hint: "Deploy the declaration that you want everywhere first.",
      });
    }
    const write = identifier(engine.schemas.write);
    await client.query(`set local search_path = ${write}; set local lock_timeout = ${lockMs}`);
    await leaveGroupAlone(client, engine.schemas, [group]);
    await dropGeneration(client, engine.schemas, waiting);
  });
}

async function waitingOf(
  client: ClientBase,
  { schemas }: Engine,
  { subject, generation }: ReleaseOperation,
): Promise<Generation> {
  // Builds and refreshes move generations on as well.
  await holdGenerations(client, schemas, subject);
  const [waiting] = await loadGenerations(
    client,
    schemas,
    `id = ${generation} and name = ${literal(subject)} and state = 'waiting'`,
  );
  if (!waiting) {
    throw new Fault("CONFLICT", `This generation of ${subject} does not wait to be accepted.`, {
      hint: "Look at its releases anew.",
    });
  }
  return waiting;
}
