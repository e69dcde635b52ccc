import pg from "pg";
import { type Generation, loadGenerations, partsOf } from "../server/src/kernel/generation.ts";
import { camelCase, defaultSchemas } from "../server/src/kernel/schemas.ts";

/** The worst that was seen of a read model's lag, beside what it promises. */
export interface LagSeen {
  readonly name: string;
  readonly promiseMs: number;
  readonly worstMs: number;
  readonly looks: number;
  /** Looks at which it was over its promise. */
  readonly late: number;
}

// Between two looks a lag grows by this much at most.
const lookMs = 200;

/**
 * Looks from outside, on a connection of its own, how old the oldest change is that waits for each
 * kept read model, by the database's clock; the whole time, until it is asked what it saw.
 */
export async function watchLags(databaseUrl: string): Promise<{ end(): Promise<LagSeen[]> }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const generations = await loadGenerations(client, defaultSchemas, "state = 'current'");
  const seen = generations.map(({ name, definition: { freshWithinMs } }) => ({
    ...{ name: camelCase(name), promiseMs: freshWithinMs, worstMs: 0, looks: 0, late: 0 },
  }));
  let ended = false;
  const looking = (async () => {
    while (!ended) {
      const { rows } = await client.query<{ i: number; ms: number }>({
        name: "lags",
        text: lagsSql(generations),
      });
      for (const { i, ms } of rows) {
        const one = seen[i];
        if (!one) continue;
        one.looks += 1;
        one.worstMs = Math.max(one.worstMs, ms);
        if (ms > one.promiseMs) one.late += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  })();
  return {
    end: async () => {
      ended = true;
      await looking;
      await client.end();
      return seen;
    },
  };
}

function lagsSql(generations: readonly Generation[]): string {
  const each = generations.map((generation, i) => {
    const { stale } = partsOf(generation, defaultSchemas);
    const age = "extract(epoch from clock_timestamp() - min(noted_at)) * 1000";
    return `select ${i} as i, coalesce(${age}, 0)::float8 as ms from ${stale}`;
  });
  return each.join(" union all ");
}
