import { describe, expect, test } from "vitest";
import { z } from "zod";
import { definitionOf } from "./generation.ts";
import { isFeed, isKept, isReadModel, type ReadModelDeclaration, readModel } from "./read-model.ts";
import { createStatements, liveStatements } from "./read-model-ddl.ts";
import { defaultSchemas } from "./schemas.ts";

const columns = { shelf: z.string(), pieces: z.int() };
type Declared = Extract<ReadModelDeclaration<typeof columns>, { maintain: "byKey" }>;

const declared: Declared = {
  doc: "Pieces a shelf.",
  name: "shelf_pieces",
  group: "floor",
  scope: "floor:read",
  key: ["tenant", "shelf"],
  columns,
  filterBy: ["shelf"],
  maintain: "byKey",
  freshWithinMs: 1_000,
  staleOn: { piece: "select tenant, shelf from changed" },
  sql: "select tenant, shelf, count(*)::int as pieces from piece group by tenant, shelf",
};

describe("a declaration that contradicts itself is refused in words", () => {
  test.each<[string, Partial<Record<keyof Declared, unknown>>]>([
    [`its key must begin with "tenant"`, { key: ["shelf"] }],
    [`"bin" is not among its columns`, { key: ["tenant", "bin"] }],
    [`"bin" is not among its columns`, { filterBy: ["bin"] }],
    [`"bin" is not among its columns`, { indexes: [["bin"]] }],
    [`"bin" is not among its columns`, { indexes: [["bin desc"]] }],
    [`"tenant" is implied`, { columns: { ...columns, tenant: z.string() } }],
    ["is not a snake_case name", { name: "shelfPieces" }],
    ["is not a snake_case name", { name: `x"; drop table piece; --` }],
    ["is not a snake_case name", { group: "Floor" }],
    [`"pieces" is not among what it is filtered by`, { mustFilterBy: ["pieces"] }],
    ["cannot promise to be fresher than 100 ms", { freshWithinMs: 10 }],
    ["cannot promise to be fresher than 100 ms", { freshWithinMs: Number.NaN }],
    ["nothing makes it stale", { staleOn: {} }],
  ])("%s", (words, wrong) => {
    expect(() => readModel({ ...declared, ...wrong } as Declared)).toThrow(words);
  });
});

describe("a declared read model", () => {
  test("is told apart from anything else", () => {
    expect(isReadModel(readModel(declared))).toBe(true);
    expect([isReadModel(declared), isReadModel(null), isReadModel("x")]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("has another hash once its SQL, key, columns or triggers change, and not otherwise", () => {
    const { hash } = readModel(declared);
    expect(readModel({ ...declared, doc: "Other words.", freshWithinMs: 5_000 }).hash).toBe(hash);
    expect(readModel({ ...declared, sql: `${declared.sql} ` }).hash).not.toBe(hash);
    expect(readModel({ ...declared, indexes: [["pieces"]] }).hash).not.toBe(hash);
    expect(
      readModel({ ...declared, staleOn: { piece: "select tenant, shelf from changed where true" } })
        .hash,
    ).not.toBe(hash);
  });

  test("keeps nothing where it says so, and is a feed where it says that", () => {
    const { staleOn, group, freshWithinMs, ...rest } = declared;
    const live = readModel({ ...rest, maintain: "live" });
    const feed = readModel({ ...rest, maintain: "live", feed: true });
    const all = [readModel(declared), live, feed];
    expect(all.map(isKept)).toEqual([true, false, false]);
    expect(all.map(isFeed)).toEqual([false, false, true]);
    expect(new Set(all.map(({ hash }) => hash)).size).toBe(2);
    expect(liveStatements(live, defaultSchemas)).toEqual(
      [
        `create view "selvedge_read"."shelf_pieces@${live.hash}:live" as
         select "tenant", "shelf", "pieces" from (${declared.sql}) as definition`,
        `grant select on "selvedge_read"."shelf_pieces@${live.hash}:live" to "selvedge_query"`,
      ].map((text) => text.replace(/\n\s*/, " ")),
    );
  });

  test("gets a unique index on its key and no index on its stale keys", () => {
    const model = readModel(declared);
    if (!isKept(model)) throw new Error("It is kept.");
    const { name, hash, group } = model;
    const made = { id: 7, name, hash, group, state: "building" } as const;
    const statements = createStatements(
      { ...made, definition: definitionOf(model), needsAcceptance: false, isCompared: false },
      defaultSchemas,
    ).join("\n");
    expect(statements).toContain(
      `create unique index "shelf_pieces_7_key" on "selvedge_read"."shelf_pieces_7" ("tenant", "shelf")`,
    );
    expect(statements).not.toMatch(/index [^\n]* on "selvedge"."stale_/);
  });
});
