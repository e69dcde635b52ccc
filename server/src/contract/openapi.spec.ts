import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";

/* The committed document, judged by tools that know OpenAPI and JSON schema and nothing of us. */

const file = new URL("../../../docs/reference/openapi.json", import.meta.url);
const document = JSON.parse(readFileSync(file, "utf8"));

type Operation = {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: Record<string, { schema: object; example?: unknown }>;
  };
};
const operations: Operation[] = Object.values(
  document.paths as Record<string, Record<string, Operation>>,
).flatMap((item) => Object.values(item));

test("the document is valid OpenAPI 3.1, and each of its references leads somewhere", async () => {
  const validator = new Validator();
  expect(await validator.validate(document)).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(500);
  const lost = references
    .map(([, path = ""]) => path)
    .filter((path) => {
      const at = path.split("/").reduce((part, name) => part?.[name], document);
      return at === undefined;
    });
  expect(lost).toEqual([]);
});

test("every operation has an id of its own", () => {
  expect(operations.length).toBeGreaterThan(60);
  const ids = operations.map(({ operationId }) => operationId);
  expect(ids.toSorted()).toEqual([...new Set(ids)].sort());
});

describe("as JSON schemas", () => {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { optimize: false },
  });
  addFormats.default(ajv);
  ajv.addVocabulary(["components"]);
  ajv.addSchema({ $id: "openapi", components: document.components });
  const compile = (name: string) => ajv.compile({ $ref: `openapi#/components/schemas/${name}` });

  test("all of them compile under a strict reader", { timeout: 30_000 }, () => {
    const names = Object.keys(document.components.schemas);
    expect(names.length).toBeGreaterThan(150);
    for (const name of names) expect(compile(name)).toBeInstanceOf(Function);
  });

  test("they accept every example, and not what has a field too much", { timeout: 30_000 }, () => {
    const bodies = operations.flatMap(({ requestBody }) => {
      const { schema, example } = requestBody?.content["application/json"] ?? {};
      const [, name = ""] =
        /schemas\/(\w+)$/.exec(JSON.stringify(schema)?.slice(0, -2) ?? "") ?? [];
      return example === undefined ? [] : [{ name, example }];
    });
    expect(bodies.length).toBeGreaterThan(40);
    for (const { name, example } of bodies) {
      const accepts = compile(name);
      expect([name, accepts(example), accepts.errors]).toEqual([name, true, null]);
      expect([name, accepts({ ...(example as object), more: 1 })]).toEqual([name, false]);
    }
  });
});
