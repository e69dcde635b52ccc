import type { EntityManager, SqlEntityManager } from "@mikro-orm/postgresql";
import type { QueryResultRow } from "pg";
import type { CommandSession, CommandSessions } from "./command-session.ts";
import type { Identity } from "./context.ts";
import { type FindOptions, findEntities, type Where } from "./entity-query.ts";
import type { Aggregate, DomainEvent } from "./events.ts";
import type { Refusal } from "./refusals.ts";

type EntityClass<E> = abstract new (...args: never[]) => E;

/** What a command's slice works with. */
export interface CommandScope {
  readonly identity: Identity;
  /** The caller's tenant. */
  readonly tenant: string;
  /** Loads one aggregate of the caller's tenant, or refuses. */
  load<E extends object>(
    entity: EntityClass<E>,
    where: Where,
    orRefuse: () => Refusal,
    options?: { lock?: boolean },
  ): Promise<E>;
  /** Finds all that match, or match one of several, within the caller's tenant, as they are now. */
  find<E extends object>(entity: EntityClass<E>, where: Where, options?: FindOptions): Promise<E[]>;
  /** Takes a new aggregate or entity into the unit of work. */
  add(entity: object): void;
  /** Records what happened to an aggregate; that is its next version. */
  record(...events: readonly DomainEvent[]): void;
}

/** One event as the journal keeps it. */
export interface JournalEntry {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly data: object;
}

/** The version of an aggregate that a unit of work has changed, as it had read it. */
export interface ReadVersion {
  readonly kind: string;
  readonly id: string;
  /** 0 for an aggregate that was not there. */
  readonly version: number;
}

/**
 * One command's work on the domain: a forked identity map and a transaction that begins when the
 * first row is asked for, so that input refused before that never costs a connection.
 */
export class UnitOfWork implements CommandScope {
  readonly identity: Identity;
  readonly #em: SqlEntityManager;
  readonly #aggregates = new Set<Aggregate>();
  readonly #journal: JournalEntry[] = [];
  readonly #sessions: CommandSessions;
  #session: Promise<CommandSession> | undefined;

  constructor(em: EntityManager, sessions: CommandSessions, identity: Identity) {
    this.#em = em.fork({ useContext: false }) as SqlEntityManager;
    this.#sessions = sessions;
    this.identity = identity;
  }

  get tenant(): string {
    return this.identity.tenant;
  }

  /** What was recorded, in order. */
  get journal(): readonly JournalEntry[] {
    return this.#journal;
  }

  /** The tables that its flush has written to, and the journal; undefined if that is unknown. */
  async written(): Promise<ReadonlySet<string> | undefined> {
    const { written } = await this.#begin();
    return written && new Set(this.#journal.length > 0 ? [...written, "journal"] : written);
  }

  /** The aggregates that have changed, each with the version that was read. */
  get read(): readonly ReadVersion[] {
    const first = new Map<string, ReadVersion>();
    for (const { kind, id, version } of this.#journal) {
      const key = JSON.stringify([kind, id]);
      if (!first.has(key)) first.set(key, { kind, id, version: version - 1 });
    }
    return [...first.values()];
  }

  /** The aggregates that it has loaded or changed. */
  get aggregates(): readonly { readonly kind: string; readonly id: string }[] {
    const loaded = [...this.#em.getUnitOfWork().getIdentityMap().values()].filter(isAggregate);
    return [...new Set([...this.#aggregates, ...loaded])].map((one) => one.journalKey());
  }

  async load<E extends object>(
    entity: EntityClass<E>,
    where: Where,
    orRefuse: () => Refusal,
    options: { lock?: boolean } = {},
  ): Promise<E> {
    const [found] = await this.find(entity, where, options);
    if (!found) throw orRefuse();
    return found;
  }

  async find<E extends object>(
    entity: EntityClass<E>,
    where: Where | readonly Where[],
    options: FindOptions = {},
  ): Promise<E[]> {
    const session = await this.#begin();
    return findEntities({ em: this.#em, session, tenant: this.tenant }, entity, where, options);
  }

  add(entity: object): void {
    this.#em.persist(entity);
  }

  record(...events: readonly DomainEvent[]): void {
    for (const { aggregate, type, data } of events) {
      aggregate.version += 1;
      this.#aggregates.add(aggregate);
      this.#journal.push({ ...aggregate.journalKey(), version: aggregate.version, type, data });
    }
  }

  /**
   * Sends all changes, each aggregate with its parts; what came of them shows with `commitWith`.
   */
  async flush(): Promise<void> {
    const session = await this.#begin();
    session.beginWriting();
    for (const aggregate of this.#aggregates) {
      this.#em.persist(aggregate);
      for (const part of aggregate.parts?.() ?? []) this.#em.persist(part);
      for (const part of aggregate.gone?.() ?? []) this.#em.remove(part);
    }
    await this.#em.flush();
  }

  /** Asks something in its transaction, of what is committed and what was flushed. */
  async ask<Row extends QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
    const session = await this.#begin();
    return session.query<Row>({ text, values });
  }

  /** Sends one last statement and commits with it. */
  async commitWith<Row extends QueryResultRow>(statement: {
    name: string;
    text: string;
    values: unknown[];
  }): Promise<Row[]> {
    const session = await this.#begin();
    return session.commitWith<Row>(statement);
  }

  /** Undoes everything; never throws. */
  async rollback(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.rollback();
  }

  #begin(): Promise<CommandSession> {
    this.#session ??= this.#sessions.open().then((session) => {
      this.#em.setTransactionContext(session.transaction);
      return session;
    });
    return this.#session;
  }
}

function isAggregate(entity: object): entity is Aggregate {
  return "journalKey" in entity;
}
