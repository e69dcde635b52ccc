import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createDatabase, type TestDatabase } from "../../../test/harness/database.ts";
import { installReadModels } from "./install-read-models.ts";
import { count } from "./primitives.ts";
import { type ReadModelDeclaration, readModel } from "./read-model.ts";
import { defaultSchemas } from "./schemas.ts";

/* A declaration that cannot be kept by key is refused when it is installed, in words. */

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const columns = { sku: z.string(), lines: count() };
const declared: ReadModelDeclaration<typeof columns> = {
  doc: "How many lines name a SKU.",
  name: "sku_lines",
  group: "spec",
  scope: "stock:read",
  key: ["tenant", "sku"],
  columns,
  filterBy: ["sku"],
  maintain: "byKey",
  freshWithinMs: 1_000,
  staleOn: { batch: "select tenant, sku from changed" },
  sql: "select tenant, sku, count(*)::int as lines from batch group by tenant, sku",
};

async function install(model: Partial<ReadModelDeclaration<typeof columns>>): Promise<string[]> {
  const made = readModel({ ...declared, ...model } as typeof declared);
  await client.query("begin");
  try {
    const touched = await installReadModels(client, defaultSchemas, [made]);
    return touched;
  } finally {
    await client.query("rollback");
  }
}

test("a key that no index leads to is refused, with the table that lacks it", async () => {
  await expect(
    install({
      staleOn: { order_line: "select tenant, sku from changed" },
      sql: "select tenant, sku, count(*)::int as lines from order_line group by tenant, sku",
    }),
  ).rejects.toThrow(
    "Read model sku_lines: one key of it is not found through an index of order_line",
  );
});

test("the tenant alone is no key: one house may own everything", async () => {
  await expect(
    install({
      sql: `select tenant, upper(sku) as sku, count(*)::int as lines
        from batch group by tenant, upper(sku)`,
    }),
  ).rejects.toThrow("not found through an index of batch");
});

test("the same is taken as a whole read model", async () => {
  const whole = {
    ...{ maintain: "whole", staleOn: ["order_line"] },
    sql: "select tenant, sku, count(*)::int as lines from order_line group by tenant, sku",
  } as unknown as Partial<typeof declared>;
  expect(await install(whole)).toEqual(["sku_lines"]);
});

test("a key that an index leads to is taken, through joins as well", async () => {
  const joined = {
    key: ["tenant", "sku"],
    staleOn: { variant: "select tenant, sku from changed" },
    sql: `select v.tenant, v.sku, count(a.batch)::int as lines
      from variant as v
      left join batch as b on b.tenant = v.tenant and b.warehouse = 'main' and b.sku = v.sku
      left join allocation as a on a.tenant = b.tenant and a.batch = b.ref
      group by v.tenant, v.sku`,
  } as unknown as Partial<typeof declared>;
  expect(await install(joined)).toEqual(["sku_lines"]);
});

describe("an index of some rows", () => {
  const byStyle = {
    staleOn: { variant: "select tenant, style from changed where style is not null" },
    sql: `select tenant, style as sku, count(*)::int as lines
      from variant where style is not null group by tenant, style`,
  } as const;

  test("serves a key that says which rows those are", async () => {
    await database.query(
      "create index style on selvedge.variant (tenant, style) where style is not null",
    );
    expect(await install(byStyle)).toEqual(["sku_lines"]);
    await database.query("drop index selvedge.style");
  });

  test("serves no other", async () => {
    for (const which of ["brand is not null", "style is null", "style > ''"]) {
      await database.query(`create index style on selvedge.variant (tenant, style) where ${which}`);
      await expect(install(byStyle)).rejects.toThrow("through an index of variant");
      await database.query("drop index selvedge.style");
    }
  });
});

test("a key that is not unique is refused with the rows that clash", async () => {
  await database.query(
    `insert into selvedge.variant (tenant, sku, style, version)
     values ('t', 'A', 'S', 1), ('t', 'B', 'S', 1)`,
  );
  await database.query("create index variant_style on selvedge.variant (tenant, style)");
  await expect(
    install({
      staleOn: { variant: "select tenant, style from changed" },
      sql: "select tenant, style as sku, 1 as lines from variant where style is not null",
    }),
  ).rejects.toThrow(
    /sku_lines: its key \(tenant, sku\) is not unique\. Key \(tenant, sku\)=\(t, S\)/,
  );
});
