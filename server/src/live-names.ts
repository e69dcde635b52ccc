import { snakeCase } from "./kernel/schemas.ts";
import { readModels } from "./router.gen.ts";

/** Read models that a process answers live: from the SDK's names to the names in the database. */
export function liveNames(names: readonly string[]): ReadonlySet<string> {
  const known = new Set(readModels.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(snakeCase(name)));
  if (unknown.length > 0) throw new Error(`There is no read model ${unknown.join(", ")}.`);
  return new Set(names.map(snakeCase));
}
