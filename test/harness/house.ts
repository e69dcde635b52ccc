import { randomUUID } from "node:crypto";
import {
  Selvedge as Client,
  isSelvedgeError,
  type PlaceOrderData,
  type PlaceOrderInput,
  type SelvedgeError,
} from "@selvedge/sdk";
import type { Request } from "express";
import { expect } from "vitest";
import { readModels } from "../../server/src/router.gen.ts";
import { differencesSql } from "./differences.ts";
import { gapsSql } from "./gaps.ts";
import { currentOf } from "./generations.ts";
import { startSelvedge, type TestSelvedge } from "./selvedge.ts";
import { tables } from "./tables.ts";

/** One row of the journal, as a test compares it. */
export interface JournalRow {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly data: object;
}

/** A house to try slices in, and what their specs ask of its database. */
export interface House extends TestSelvedge {
  /** The client of another house on the same server: another tenant. */
  readonly elsewhere: Client;
  /** The client of somebody on the floor of this house, who is no lead. */
  as(actor: string): Client;
  /**
   * Registers a SKU and puts batches `<sku>/1`, `<sku>/2` and so on of so many pieces on the shelf.
   */
  stocks(sku: string, ...quantities: readonly number[]): Promise<void>;
  /** Sells in the shop, in one order with a reference of its own: so many pieces of each SKU. */
  sells(
    wanted: Readonly<Record<string, number>>,
    more?: Partial<PlaceOrderInput>,
  ): Promise<PlaceOrderData & { commandId: string }>;
  /** What a command put into the journal, in order. */
  journalOf(command: { commandId: string }): Promise<JournalRow[]>;
  /** Expects a call to be refused for this reason and to have changed nothing at all. */
  refuses(call: () => Promise<unknown>, reason: string): Promise<SelvedgeError>;
  /** Expects a command to be applied once, and to answer the same each time, under one id. */
  answersOnce<Answer extends { commandId: string; repeated: boolean }>(
    send: (options: { commandId: string }) => Promise<Answer>,
  ): Promise<Answer>;
  /** Aggregates whose version is not the number of their events, or whose events have a gap. */
  gaps(): Promise<object[]>;
  /** Rows in which a read model and its defining query differ, both ways. */
  differences(readModel: string): Promise<object[]>;
  /** The columns of the unique indexes of a read model. */
  uniqueKeysOf(readModel: string): Promise<string[]>;
}

/** Starts a server whose callers are told apart by their bearer token: it is their tenant. */
export async function startHouse(): Promise<House> {
  const started = await startSelvedge({ authenticate });
  const { database, baseUrl, client } = started;

  /** Changes with anything that is ever written, and with nothing else. */
  const written = () =>
    database.query(
      `select ${tables
        .map(
          (table) =>
            `(select sum(hashtext(t::text)::bigint) from selvedge.${table} as t) as ${table}`,
        )
        .join(", ")}`,
    );

  const journalOf: House["journalOf"] = ({ commandId }) =>
    database.query<JournalRow & Record<string, unknown>>(
      `select kind, id, version, type, data from selvedge.journal
       where command_id = $1 order by position`,
      [commandId],
    );

  return {
    ...started,
    elsewhere: new Client({ baseUrl, apiKey: "elsewhere" }),
    as: (actor) => new Client({ baseUrl, apiKey: `default as ${actor}` }),
    async stocks(sku, ...quantities) {
      await client.catalogue.registerVariant({ sku });
      for (const [i, qty] of quantities.entries()) {
        await client.stock.addBatch({ ref: `${sku}/${i + 1}`, sku, qty });
      }
    },
    async sells(wanted, more) {
      const lines = Object.entries(wanted).map(([sku, qty]) => ({ sku, qty }));
      const order = { channel: "shop", externalRef: randomUUID(), lines, ...more };
      const { data, commandId } = await client.orders.placeOrder(order);
      return { ...data, commandId };
    },
    journalOf,
    async refuses(call, reason) {
      const before = await written();
      const error = await call().then(
        (answer) => expect.fail(`expected ${reason}, got ${JSON.stringify(answer)}`),
        (thrown: unknown) => thrown,
      );
      if (!isSelvedgeError(error)) throw error;
      expect({ code: error.code, reason: error.reason }).toEqual({ code: "REFUSED", reason });
      expect(await written()).toEqual(before);
      return error;
    },
    async answersOnce(send) {
      const commandId = randomUUID();
      const first = await send({ commandId });
      const before = await written();
      expect(first.repeated).toBe(false);
      expect(await send({ commandId })).toEqual({ ...first, repeated: true });
      expect(await written()).toEqual(before);
      return first;
    },
    gaps: () => database.query(gapsSql),
    async differences(name) {
      const model = readModels.find((one) => one.name === name);
      if (!model) throw new Error(`There is no read model ${name}.`);
      return database.query(differencesSql(model));
    },
    async uniqueKeysOf(name) {
      const rows = await database.query<{ key: string }>(
        `select string_agg(a.attname, ', ' order by k.position) as key
         from pg_index as i
         cross join unnest(i.indkey) with ordinality as k (attnum, position)
         join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum
         where i.indrelid = $1::regclass and i.indisunique
         group by i.indexrelid`,
        [(await currentOf(database, name)).parts.rows],
      );
      return rows.map(({ key }) => key);
    },
  };
}

function authenticate({ headers }: Request) {
  const [tenant = "default", actor] = (headers.authorization ?? "Bearer default")
    .replace("Bearer ", "")
    .split(" as ");
  if (actor === undefined) return { tenant, partner: "spec", actor: "spec", scopes: ["*"] };
  return { tenant, partner: "spec", actor, scopes: floorScopes };
}

const areas = ["bins", "garments", "stock", "orders", "waves", "shipments", "inbound", "floor"];
const floorScopes = areas.flatMap((area) => [`${area}:read`, `${area}:write`]);
