import type { ClientBase } from "pg";
import { loadGenerations } from "./generation.ts";
import { dropPlainNameStatements, dropReaderStatements } from "./read-model-ddl.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";
import { dropGeneration, leaveGroupAlone, lockMs } from "./swap.ts";
import { runAll } from "./transaction.ts";

/**
 * Removes a read model with all of its generations, in the caller's transaction: rows, triggers,
 * notes and the views of its readers, of every declaration. Answers whether there was one.
 */
export async function dropReadModel(
  client: ClientBase,
  schemas: Schemas,
  name: string,
): Promise<boolean> {
  const generations = await loadGenerations(client, schemas, `name = ${literal(name)}`);
  if (generations.length === 0) return false;
  const write = identifier(schemas.write);
  await client.query(`set local search_path = ${write}; set local lock_timeout = ${lockMs}`);
  const groups = generations.map(({ group }) => group);
  await leaveGroupAlone(client, schemas, groups);
  // After a return, readers of one declaration see another one's rows: so all views go first.
  await runAll(client, dropPlainNameStatements({ name }, schemas));
  for (const generation of generations) {
    await runAll(client, dropReaderStatements(generation, schemas));
  }
  for (const generation of generations) {
    await dropGeneration(client, schemas, generation, "keepReaders");
  }
  return true;
}
