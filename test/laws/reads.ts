import pg from "pg";
import { rebuildAtOnce } from "../../server/src/kernel/build.ts";
import { isKept } from "../../server/src/kernel/read-model.ts";
import { GroupRefresh } from "../../server/src/kernel/refresh.ts";
import { defaultSchemas } from "../../server/src/kernel/schemas.ts";
import { readModels } from "../../server/src/router.gen.ts";
import type { TestDatabase } from "../harness/database.ts";
import { differencesSql } from "../harness/differences.ts";

const kept = readModels.filter(isKept);
const groups = [...new Set(kept.map(({ group }) => group))];

/** Refreshes every group of read models until nothing of it is stale. */
export async function refreshAll({ url }: TestDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: "-c search_path=selvedge" });
  await client.connect();
  try {
    for (const group of groups) {
      const refresh = new GroupRefresh(client, defaultSchemas, group);
      for (let done = await refresh.run(); done.outcome !== "idle"; done = await refresh.run()) {
        const { overgrown } = done;
        const never = new AbortController().signal;
        if (overgrown !== undefined) await rebuildAtOnce(client, defaultSchemas, overgrown, never);
      }
    }
  } finally {
    await client.end();
  }
}

/** Where a read model that is kept differs from its defining query, in words. */
export async function wrongReads({ query }: TestDatabase): Promise<string[]> {
  const wrong: string[] = [];
  for (const model of kept) {
    const rows = await query(differencesSql(model));
    wrong.push(...rows.map((row) => `${model.name}: ${JSON.stringify(row)}`));
  }
  return wrong;
}
