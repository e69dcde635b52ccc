import type { AddressInfo } from "node:net";
import { Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { type Generation, loadGenerations, partsOf } from "../server/src/kernel/generation.ts";
import { camelCase, defaultSchemas } from "../server/src/kernel/schemas.ts";
import { createSelvedge } from "../server/src/selvedge.ts";
import { withClient } from "./bench-postgres.ts";
import { Day } from "./floor/day.ts";

/** A statement as the server sent it, and how many rows it met. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** null: it failed. */
  rowCount: number | null;
}

/** What one command was, all that it sent to PostgreSQL, and what it made stale. */
export interface Recorded {
  readonly kind: string;
  readonly refused: string | undefined;
  /** What went out without waiting for an answer of what went before in it: a round trip each. */
  readonly flights: readonly (readonly Statement[])[];
  /** The read models that it noted something for, as the SDK names them. */
  readonly touched: readonly string[];
  /** The tables that it has written to, of which a server tells its refreshers. */
  readonly written: ReadonlySet<string>;
}

/**
 * Runs the days of some floors through a server in this very process, one command at a time, so
 * many of each floor, and writes down every statement of every command. Nothing is refreshed.
 */
export async function recordCommands(
  databaseUrl: string,
  { floors, commands }: { floors: number; commands: number },
): Promise<Recorded[][]> {
  const selvedge = createSelvedge({ databaseUrl, roles: ["command"], migrate: "off" });
  await selvedge.start();
  const server = selvedge.handler.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const client = new Selvedge({ baseUrl: `http://127.0.0.1:${port}`, consistency: "none" });
  const ear = listenIn();
  const recorded = await withClient(databaseUrl, async (watcher) => {
    const generations = await loadGenerations(watcher, defaultSchemas, "state = 'current'");
    const days = Array.from({ length: floors }, (_, floor) => new Day(floor, client));
    const of: Recorded[][] = days.map(() => []);
    for (let n = 0; n < commands; n += 1) {
      for (const [floor, day] of days.entries()) {
        const { kind, refused } = await day.next();
        const touched = await takeNotes(watcher, generations);
        const flights = ear.take();
        const written = refused === undefined ? writtenBy(flights.flat()) : new Set<string>();
        of[floor]?.push({ kind, refused, flights, touched, written });
      }
      if (n % 100 === 99) console.error(`recorded ${(n + 1) * floors} commands`);
    }
    return of;
  });
  ear.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await selvedge.stop();
  return recorded;
}

const writing = /^\s*(?:insert into|update|delete from)\s+"selvedge"\."([^"]+)"/i;

function writtenBy(statements: readonly Statement[]): ReadonlySet<string> {
  const tables = statements.flatMap(({ text }) => writing.exec(text)?.[1] ?? []);
  return new Set([...tables, "journal"]);
}

/** Takes what was noted out of all tables of stale keys, and answers of which read models. */
async function takeNotes(client: pg.Client, generations: readonly Generation[]): Promise<string[]> {
  const notes = generations.map((generation) => partsOf(generation, defaultSchemas).stale);
  const taken = notes.map((stale, i) => `n${i} as (delete from ${stale} returning 1)`);
  const counts = notes.map((_, i) => `(select count(*)::int from n${i}) as n${i}`);
  const text = `with ${taken.join(", ")} select ${counts.join(", ")}`;
  const { rows } = await client.query({ name: "notes", text });
  return generations.flatMap(({ name }, i) => (rows[0][`n${i}`] > 0 ? [camelCase(name)] : []));
}

/** Listens to all that is sent on connections for commands. */
function listenIn() {
  const heard = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = heard;
  const texts = new Map<string, string>();
  let flights: Statement[][] = [];
  let unanswered = 0;
  heard.query = function (this: pg.Client, ...args: unknown[]) {
    const sent = query.apply(this, args);
    if (!isForCommands(this) || !(sent instanceof Promise)) return sent;
    const statement = statementOf(args[0], texts);
    // Sent while answers are still to come: it did not wait for them.
    if (unanswered === 0) flights.push([]);
    flights.at(-1)?.push(statement);
    unanswered += 1;
    const answered = (rowCount: number | null) => {
      unanswered -= 1;
      statement.rowCount = rowCount;
    };
    sent.then(
      (result: pg.QueryResult) => answered(result.rowCount ?? 0),
      () => answered(null),
    );
    return sent;
  };
  return {
    take: () => {
      const taken = flights;
      flights = [];
      return taken;
    },
    stop: () => {
      heard.query = query;
    },
  };
}

function isForCommands(client: pg.Client): boolean {
  const { connectionParameters } = client as unknown as {
    connectionParameters: { application_name?: string };
  };
  return connectionParameters.application_name === "selvedge command";
}

/** The same text is kept once: there are few of them, and many statements. */
function statementOf(config: unknown, texts: Map<string, string>): Statement {
  const { name, text, values } =
    typeof config === "string"
      ? { name: undefined, text: config, values: [] }
      : (config as { name?: string; text: string; values?: unknown[] });
  const known = texts.get(text) ?? text;
  texts.set(known, known);
  return { ...(name && { name }), text: known, values: [...(values ?? [])], rowCount: null };
}
