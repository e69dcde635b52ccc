import { describe, expect, test } from "vitest";
import { definitionOf } from "../../server/src/kernel/generation.ts";
import { kernelRefusals } from "../../server/src/kernel/kernel-refusals.ts";
import type { ProcedureMeta } from "../../server/src/kernel/procedure.ts";
import { isFeed, isKept } from "../../server/src/kernel/read-model.ts";
import { createStatements } from "../../server/src/kernel/read-model-ddl.ts";
import { camelCase, defaultSchemas } from "../../server/src/kernel/schemas.ts";
import { appRouter, readModels, refusals } from "../../server/src/router.gen.ts";
import { files, sources } from "./repository.ts";

const paths = new Set(files.map(({ path }) => path));
const slice = /^(server\/src\/modules\/[^/]+\/(commands|read-models)\/[^/]+)\//;
const folders = (kind: string) => [
  ...new Set(
    [...paths].flatMap((path) => {
      const [, folder, of] = slice.exec(path) ?? [];
      return folder && of === kind ? [folder] : [];
    }),
  ),
];
const specs = sources.filter(({ path }) => /^server\/src\/modules\/.*\.spec\.ts$/.test(path));
const declared = refusals.flatMap(({ reasons }) => Object.keys(reasons));
const ofAnyCommand = Object.keys(kernelRefusals.reasons);

interface Procedure {
  readonly _def: { readonly meta?: ProcedureMeta; readonly type: "query" | "mutation" };
}
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>)
  .map(([path, { _def }]) => ({ path, meta: _def.meta ?? {}, type: _def.type }))
  .filter(({ path }) => !path.startsWith("operations."));
const commands = procedures.filter(({ meta }) => meta.kind === "command");

/** The folder of a command, by the name of its procedure: `orders.placeOrder`. */
function folderOf(path: string): string {
  const [module, name = ""] = path.split(".");
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `server/src/modules/${module}/commands/${kebab}`;
}

test("slices are found at all", () => {
  expect(folders("commands").length).toBe(commands.length);
  expect(folders("read-models").length).toBe(readModels.length);
  expect(commands.length).toBeGreaterThanOrEqual(7);
  expect(readModels.length).toBeGreaterThanOrEqual(4);
});

test.each(folders("commands"))("%s has its command and its spec", (folder) => {
  expect(paths).toContain(`${folder}/command.ts`);
  expect(paths).toContain(`${folder}/command.pg.spec.ts`);
});

test.each(folders("read-models"))("%s has its read model and its spec", (folder) => {
  expect(paths).toContain(`${folder}/read-model.ts`);
  expect(paths).toContain(`${folder}/read-model.pg.spec.ts`);
});

describe("a reason for which the domain says no", () => {
  test("is declared once", () => {
    expect(declared.length).toBeGreaterThan(5);
    const all = [...declared, ...ofAnyCommand];
    expect(all.toSorted()).toEqual([...new Set(all)].sort());
  });

  test.each(ofAnyCommand)(
    "has a spec of the kernel, where any command may be refused: %s",
    (one) => {
      const kernel = sources.filter(({ path }) => /^server\/src\/kernel\/.*\.spec\.ts$/.test(path));
      expect(kernel.filter(({ text }) => text.includes(`"${one}"`)).length).toBeGreaterThan(0);
    },
  );

  test.each(declared)("has a spec: %s", (reason) => {
    expect(specs.filter(({ text }) => text.includes(`"${reason}"`)).length).toBeGreaterThan(0);
  });

  test.each(declared)("is one that a command names: %s", (reason) => {
    expect(commands.some(({ meta }) => meta.refuses?.includes(reason))).toBe(true);
  });

  test("is told in words", () => {
    const texts = [...refusals, kernelRefusals].flatMap(({ reasons }) => Object.values(reasons));
    expect(texts.filter(({ text }) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
  });
});

describe.each(commands)("$path", ({ path, meta }) => {
  test("names only declared reasons", () => {
    expect((meta.refuses ?? []).filter((reason) => !declared.includes(reason))).toEqual([]);
  });

  test("is refused for each of them in its own spec", () => {
    const spec = specs.find((one) => one.path === `${folderOf(path)}/command.pg.spec.ts`);
    const tested = (reason: string) => spec?.text.includes(`"${reason}"`);
    expect((meta.refuses ?? []).filter((reason) => !tested(reason))).toEqual([]);
  });

  test("is repeated under one id in its own spec", () => {
    const spec = specs.find((one) => one.path === `${folderOf(path)}/command.pg.spec.ts`);
    expect(spec?.text).toContain("answersOnce(");
  });
});

test.each(procedures)("$path says what it is for and which scope it needs", ({ meta, type }) => {
  expect(meta.doc).toMatch(/^[A-Z].*\.$/s);
  expect(meta.scope).toMatch(/^[a-z]+:(read|write)$/);
  expect(meta.scope?.endsWith(":write")).toBe(type === "mutation");
});

test.each(readModels)("read model $name has a key that begins with the tenant", (model) => {
  const [, ...columns] = model.key;
  expect(model.key[0]).toBe("tenant");
  expect(columns.filter((column) => !(column in model.columns))).toEqual([]);
});

test.each(readModels)("read model $name has pages, unless it is a feed", (model) => {
  const paths = procedures.filter(({ meta }) => meta.paged).map(({ path }) => path.split(".")[1]);
  expect(paths.includes(camelCase(model.name))).toBe(!isFeed(model));
});

test.each(readModels.filter(isKept))("the rows of $name have a unique key", (model) => {
  const key = model.key.map((column) => `"${column}"`).join(", ");
  const { name, hash, group } = model;
  const made = { id: 7, name, hash, group, state: "building" } as const;
  const statements = createStatements(
    { ...made, definition: definitionOf(model), needsAcceptance: false, isCompared: false },
    defaultSchemas,
  );
  const unique = statements.filter((statement) => statement.startsWith("create unique index"));
  expect(unique).toEqual([expect.stringContaining(`"${name}_7" (${key})`)]);
});
