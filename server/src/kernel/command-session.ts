import { createPostgreSqlTypeParsers } from "@mikro-orm/sql";
import { type ControlledTransaction, Kysely, PostgresDialect, type PostgresPool } from "kysely";
import pg from "pg";
import array from "postgres-array";
import { cutterOf } from "./pool.ts";
import { VersionConflict } from "./version-conflict.ts";

/*
 * A command talks to PostgreSQL a dozen times, and on a busy machine each time costs more in system
 * calls and waking up than in work. So statements that need not wait for each other's answers go
 * out together (pipelining, https://www.postgresql.org/docs/current/libpq-pipeline-mode.html):
 * `begin` with the first reads, and all writes of a flush with the log.
 */

type Statement = { name?: string; text: string; values: unknown[] };

/** The connections that commands run on. */
export class CommandSessions {
  readonly #pool: pg.Pool;
  /** Ends connections in the middle of what they do; commands then fail as `UNAVAILABLE`. */
  readonly cut: () => void;
  readonly #kysely = new WeakMap<pg.PoolClient, { line: CommandLine; kysely: Kysely<unknown> }>();

  constructor(config: pg.PoolConfig) {
    const types = new pg.TypeOverrides();
    // Times as MikroORM reads them.
    for (const [oid, parse] of Object.entries(createPostgreSqlTypeParsers((s) => array.parse(s)))) {
      types.setTypeParser(Number(oid), parse as (text: string) => unknown);
    }
    this.#pool = new pg.Pool({ ...config, types, pipeline: true } as pg.PoolConfig);
    // One that is cut while it is being ended is heard by nobody else.
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
    this.cut = cutterOf(this.#pool);
  }

  /** Its pool, for whoever counts its connections. */
  get pool(): Pick<pg.Pool, "options" | "totalCount" | "idleCount" | "waitingCount"> {
    return this.#pool;
  }

  /** Tells of connections that fail while nobody uses them. */
  onIdleError(listener: (error: Error) => void): void {
    this.#pool.on("error", listener);
  }

  /** Takes a connection for one command. */
  async open(): Promise<CommandSession> {
    const client = await this.#pool.connect();
    // The statement in flight rejects by itself; without a listener the process would end.
    client.removeAllListeners("error").on("error", () => undefined);
    let made = this.#kysely.get(client);
    if (!made) {
      const line = new CommandLine(client);
      // As much of a pool as Kysely's dialect uses.
      const pool = { connect: async () => line, end: async () => undefined, options: {} };
      const dialect = new PostgresDialect({ pool: pool as unknown as PostgresPool });
      made = { line, kysely: new Kysely({ dialect }) };
      this.#kysely.set(client, made);
    }
    made.line.reset();
    const transaction = await made.kysely.startTransaction().execute();
    return new CommandSession(client, made.line, transaction);
  }

  /** Asks something outside of any transaction. */
  async query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> {
    return (await this.#pool.query<Row>(statement)).rows;
  }

  /** Lets go of all connections. */
  async end(): Promise<void> {
    await this.#pool.end();
  }
}

/** One command's connection and transaction. */
export class CommandSession {
  /** The transaction as MikroORM takes it. */
  readonly transaction: ControlledTransaction<unknown>;
  readonly #client: pg.PoolClient;
  readonly #line: CommandLine;
  #over = false;

  constructor(
    client: pg.PoolClient,
    line: CommandLine,
    transaction: ControlledTransaction<unknown>,
  ) {
    this.#client = client;
    this.#line = line;
    this.transaction = transaction;
  }

  /** Sends a statement; several sent before the first answer go out together. */
  async query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> {
    // Work that a refusal beside it has overtaken must not reach the connection's next command.
    if (this.#over) throw new Error("The command is over.");
    return (await this.#line.send(statement)).rows as Row[];
  }

  /** The tables that it has written to; undefined where that is not known. */
  get written(): ReadonlySet<string> | undefined {
    return this.#line.written;
  }

  /** From here on writes are sent without waiting; `settle` waits for them all. */
  beginWriting(): void {
    this.#line.deferWrites();
  }

  /**
   * Sends a last statement, waits for everything sent, and commits. Throws the first failure, and
   * `VersionConflict` where an update met no row, with nothing committed.
   */
  async commitWith<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> {
    const { rows } = await this.#line.settleWith(statement);
    this.#over = true;
    await this.transaction.commit().execute();
    this.#client.release();
    return rows as Row[];
  }

  /** Undoes everything and gives the connection back; a dead one is thrown away. */
  async rollback(): Promise<void> {
    this.#over = true;
    try {
      await this.#line.end("rollback");
      this.#client.release();
    } catch {
      this.#client.release(true);
    }
  }
}

type Answer = pg.QueryResult<pg.QueryResultRow>;

const nothing: Answer = { command: "", rowCount: 0, rows: [], fields: [], oid: 0 };
const assumed: Answer = { ...nothing, command: "UPDATE", rowCount: 1 };

const write = /^\s*(insert|update|delete)\b/i;
const update = /^\s*update\b/i;
// What an insert returns the database has made; an update of several rows returns their keys, which
// are known.
const returning = /\breturning\b/i;
const written = /^\s*(?:insert into|update|delete from)\s+(?:"[^"]+"\.)?"([^"]+)"/i;

/**
 * What Kysely takes for a connection. It holds `begin` back until the first statement, and while a
 * flush is written it answers writes at once as done: whether they were is looked at before the
 * commit.
 */
class CommandLine {
  readonly #client: pg.PoolClient;
  #begun = false;
  #over = false;
  #corked = false;
  #deferring = false;
  #deferred: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;
  #written = new Set<string | undefined>();

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** The tables that were written to; undefined where a statement does not say which. */
  get written(): ReadonlySet<string> | undefined {
    return this.#written.has(undefined) ? undefined : (this.#written as Set<string>);
  }

  /** Readies the line for its next command. */
  reset(): void {
    this.#begun = false;
    this.#over = false;
    this.#deferring = false;
    this.#deferred = [];
    this.#failure = undefined;
    this.#written = new Set();
  }

  /** Kysely's way in. */
  async query(text: string, values: readonly unknown[] = []): Promise<Answer> {
    if (text === "begin") return nothing;
    if (text === "commit" || text === "rollback") return this.end(text);
    if (write.test(text)) this.#written.add(written.exec(text)?.[1]);
    const sent = this.send({ text, values: [...values] });
    const isAwaited = returning.test(text) && !update.test(text);
    if (!this.#deferring || !write.test(text) || isAwaited) return sent;
    const done = sent.then(({ rowCount }) => {
      if (rowCount === 0 && update.test(text)) throw new VersionConflict("changed in between");
    });
    // It is looked at when the flush is settled; until then its failure is not unhandled.
    done.catch(() => undefined);
    this.#deferred.push(done);
    return assumed;
  }

  /** Sends a statement. Once one has failed, whatever follows fails with that first failure. */
  async send(statement: Statement): Promise<Answer> {
    this.#cork();
    if (!this.#begun) {
      this.#begun = true;
      this.#client.query("begin").catch((error: unknown) => this.#fail(error));
    }
    return this.#client.query(statement).catch((error: unknown) => {
      throw this.#fail(error);
    });
  }

  /** The server's own word for the later ones is only that the transaction is aborted. */
  #fail(error: unknown): unknown {
    this.#failure ??= { error };
    return this.#failure.error;
  }

  /** Answers writes before they are done, until the command is over. */
  deferWrites(): void {
    this.#deferring = true;
  }

  /**
   * Sends one more statement and waits for all; the first that failed is the one that is thrown.
   */
  async settleWith(statement: Statement): Promise<Answer> {
    const last = this.send(statement);
    last.catch(() => undefined);
    for (const done of this.#deferred) await done;
    return last;
  }

  /** Ends the transaction, once. */
  async end(how: "commit" | "rollback"): Promise<Answer> {
    if (!this.#begun || this.#over) return nothing;
    this.#over = true;
    return this.#client.query(how);
  }

  /** Kysely gives the connection back to nobody: its session does. */
  release(): void {}

  /** Everything sent in this turn of the event loop goes out in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    const { stream } = (this.#client as unknown as { connection: { stream: Corkable } }).connection;
    stream.cork();
    setImmediate(() => {
      this.#corked = false;
      stream.uncork();
    });
  }
}

interface Corkable {
  cork(): void;
  uncork(): void;
}
