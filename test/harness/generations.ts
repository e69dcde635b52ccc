import { loadGenerations, partsOf } from "../../server/src/kernel/generation.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import type { TestDatabase } from "./database.ts";

/** The generation of a read model that is read now, as the registry has it. */
export async function currentOf(database: TestDatabase, name: string) {
  const all = await generationsOf(database, name);
  const current = all.find(({ state }) => state === "current");
  if (!current) throw new Error(`${name} has no current generation.`);
  return { ...current, parts: partsOf(current, defaultSchemas) };
}

/** All generations of a read model, the oldest first. */
export async function generationsOf(database: TestDatabase, name: string) {
  const client = { query: async (text: string) => ({ rows: await database.query(text) }) };
  return loadGenerations(client as never, defaultSchemas, `name = '${name}'`);
}

/** What is noted as stale of the generation that is read now. */
export async function staleOf(database: TestDatabase, name: string): Promise<object[]> {
  const { parts } = await currentOf(database, name);
  return database.query(`select * from ${parts.stale}`);
}
