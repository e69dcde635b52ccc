import type { GenerationsData, Selvedge } from "@selvedge/sdk";
import pg from "pg";
import { generationsOf } from "../../../test/harness/generations.ts";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { advanceBuilds } from "../kernel/build.ts";
import { readerViews } from "../kernel/generation.ts";
import { installReadModels, type Releases } from "../kernel/install-read-models.ts";
import { isKept, type KeptReadModel, readModel } from "../kernel/read-model.ts";
import { GroupRefresh } from "../kernel/refresh.ts";
import { camelCase, defaultSchemas as schemas } from "../kernel/schemas.ts";
import { readModels } from "../router.gen.ts";

/** What is decided of what waits. */
export type Decision = "acceptRelease" | "compareRelease" | "discardRelease";

/** Stock as this server declares it. */
export const stock = readModels
  .filter(isKept)
  .find(({ name }) => name === "sellable_availability") as KeptReadModel;

/** The group of the read models that a spec declares. */
export const group = "spec_group";

export const reason = "a spec says so";

/** A read model with some columns computed otherwise, some more, or some fewer. */
export function changed(
  of: KeptReadModel,
  as: Readonly<Record<string, string>>,
  without: readonly string[] = [],
): KeptReadModel {
  const all = [...new Set([...Object.keys(of.columns), ...Object.keys(as)])].filter(
    (column) => !without.includes(column),
  );
  const selected = all.map((column) => `${as[column] ?? column} as ${column}`);
  return readModel({
    ...of,
    columns: Object.fromEntries(all.map((one) => [one, of.columns[one] ?? of.columns.on_hand])),
    sql: `select tenant, ${selected.join(", ")} from (${of.sql}) as declared`,
  } as KeptReadModel) as KeptReadModel;
}

/** Stock in which pieces on hand count twice. */
export const doubled = (of: KeptReadModel) => changed(of, { on_hand: "on_hand * 2" });

/** A house that accepts what changes; nothing is built or refreshed there but when it is asked. */
export class ReleasesHouse {
  readonly it: TestSelvedge;
  readonly owner: pg.Client;
  #declared = 0;

  constructor(it: TestSelvedge, owner: pg.Client) {
    this.it = it;
    this.owner = owner;
  }

  /** One with five pieces each of two SKUs. */
  static async start(): Promise<ReleasesHouse> {
    const it = await startSelvedge({ roles: ["command", "query", "admin"] });
    const owner = new pg.Client({ connectionString: it.database.url });
    await owner.connect();
    for (const sku of ["TEE", "HAT"]) {
      await it.client.catalogue.registerVariant({ sku });
      await it.client.stock.addBatch({ ref: sku, sku, qty: 5 });
    }
    return new ReleasesHouse(it, owner);
  }

  /** The same house by another connection. */
  static async beside({ it }: ReleasesHouse): Promise<ReleasesHouse> {
    const owner = new pg.Client({ connectionString: it.database.url });
    await owner.connect();
    return new ReleasesHouse(it, owner);
  }

  async stop(): Promise<void> {
    await this.owner.end();
    await this.it.stop();
  }

  get client(): Selvedge {
    return this.it.client;
  }

  /** A read model of stock that the server does not declare, under a name of its own. */
  async declares(over: Partial<KeptReadModel> = {}): Promise<KeptReadModel> {
    const letter = String.fromCharCode("a".charCodeAt(0) + this.#declared);
    this.#declared += 1;
    const made = readModel({ ...stock, group, name: `stock_${letter}`, ...over } as KeptReadModel);
    await this.deploy(made as KeptReadModel);
    return made as KeptReadModel;
  }

  /** Has a server with this declaration start. */
  async install(model: KeptReadModel, releases: Releases = "accept"): Promise<void> {
    await this.owner.query("begin");
    await installReadModels(this.owner, schemas, [model], releases);
    await this.owner.query("commit");
  }

  /** The same, and builds it. */
  async deploy(model: KeptReadModel, releases?: Releases): Promise<void> {
    await this.install(model, releases);
    await this.build();
  }

  async build(): Promise<void> {
    await advanceBuilds(this.owner, schemas);
    await this.refresh();
  }

  async refresh(): Promise<void> {
    for (const one of [group, stock.group]) {
      const by = new GroupRefresh(this.owner, schemas, one);
      while ((await by.run()).outcome === "refreshed");
    }
  }

  async states({ name }: KeptReadModel) {
    return (await generationsOf(this.it.database, name)).map(({ hash, state }) => [hash, state]);
  }

  /** What a server with this declaration reads of a SKU: pieces on hand, and whether computed. */
  async read(model: KeptReadModel, sku: string, column = "on_hand") {
    const views = readerViews(model, schemas);
    const [row] = await this.it.database.query<{ n: number; live: boolean }>(
      `select ${column}::int as n, live from ${views.rows}, ${views.state}
       where tenant = 'default' and sku = '${sku}'`,
    );
    return row && (row.live ? `computed ${row.n}` : row.n);
  }

  /** What waits, the newest first. */
  async waiting({ name }: KeptReadModel): Promise<GenerationsData["generations"]> {
    const readModel = camelCase(name);
    const { generations } = await this.client.operations.generations({ readModel });
    return generations.filter(({ waitingSince }) => waitingSince !== null);
  }

  async waitingOne(model: KeptReadModel) {
    const [waiting] = await this.waiting(model);
    if (!waiting) throw new Error("None waits.");
    return waiting;
  }

  async decide(decision: Decision, model: KeptReadModel, generation?: number): Promise<void> {
    const id = generation ?? (await this.waitingOne(model)).id;
    const readModel = camelCase(model.name);
    await this.client.operations[decision]({ readModel, generation: id, reason });
  }
}
