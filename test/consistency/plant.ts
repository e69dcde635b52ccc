import pg from "pg";
import type { TestDatabase } from "../harness/database.ts";
import type { Mutant, Patch } from "./mutants.ts";

/** A mutant in place. */
export interface Planted {
  /** Changes what stands in a database. */
  prepare(database: TestDatabase): Promise<void>;
  /** Patterns that have been found nowhere: it was no mutant. */
  unused(): string[];
  /** Lets this process send what it means to again. */
  remove(): void;
}

type Submit = (this: pg.Client, ...args: unknown[]) => unknown;

/** Plants a mutant in this process; remove it again whatever happens. */
export function plant(mutant: Mutant): Planted {
  const patches = [...(mutant.sent ?? []), ...(mutant.installed ?? [])];
  const unused = new Set(patches.map(([pattern]) => String(pattern)));
  const patch = (sql: string, patches: readonly Patch[] = []) =>
    patches.reduce((text, [pattern, replacement]) => {
      const patched = text.replace(pattern, replacement);
      if (patched !== text) unused.delete(String(pattern));
      return patched;
    }, sql);

  const clients = pg.Client.prototype as unknown as { query: Submit };
  const { query } = clients;
  clients.query = function (asked, ...others) {
    return query.call(
      this,
      patchAsked(asked, (sql) => patch(sql, mutant.sent)),
      ...others,
    );
  };
  return {
    async prepare(database) {
      for (const statement of mutant.before ?? []) await database.query(statement);
      const functions = await database.query<{ sql: string }>(
        `select pg_get_functiondef(oid) as sql from pg_proc
         where pronamespace = 'selvedge'::regnamespace and prokind = 'f'`,
      );
      for (const { sql } of functions) {
        const patched = patch(sql, mutant.installed);
        if (patched !== sql) await database.query(patched);
      }
    },
    unused: () => [...unused],
    remove: () => {
      clients.query = query;
    },
  };
}

/** A statement comes as text, as an object with a text, or as an object that submits itself. */
function patchAsked(asked: unknown, patch: (sql: string) => string): unknown {
  if (typeof asked === "string") return patch(asked);
  if (typeof asked !== "object" || asked === null || !("text" in asked)) return asked;
  const { text } = asked;
  if (typeof text !== "string") return asked;
  const patched = patch(text);
  if (patched === text) return asked;
  // One that submits itself is of a class and used once; the others may be sent again.
  return "submit" in asked ? Object.assign(asked, { text: patched }) : { ...asked, text: patched };
}
