import { describe, expect, test } from "vitest";
import { z } from "zod";
import { basedOnHeader, readDecision } from "./based-on.ts";
import type { Identity } from "./context.ts";
import { Fault } from "./faults.ts";
import { count, id, timestamp } from "./primitives.ts";
import { readModel } from "./read-model.ts";

const declared = {
  doc: "Jars.",
  group: "jars",
  scope: "jars:read",
  key: ["tenant", "jar_id", "shelf"] as const,
  columns: {
    jar_id: id(),
    shelf: z.string(),
    full_marbles: count(),
    opened_at: timestamp().nullable(),
  },
  filterBy: [],
  freshWithinMs: 1_000,
  sql: "select 1",
};
const models = [
  readModel({ ...declared, name: "full_jars", maintain: "byKey", staleOn: { jar: "select 1" } }),
  readModel({ ...declared, name: "all_jars", maintain: "whole", staleOn: ["jar"] }),
];
const me: Identity = { tenant: "t", partner: "p", actor: "a", scopes: ["jars:read"] };

const key = { jarId: "0199c0de-0000-4000-8000-000000000001", shelf: "Müller" };
const fact = { readModel: "fullJars", key, columns: { fullMarbles: 3 } };
const encode = (told: unknown) => Buffer.from(JSON.stringify(told)).toString("base64url");
const read = (told: unknown, identity = me) => readDecision(encode(told), models, identity);

/** What is said to be wrong with it, by path. */
function issuesOf(text: string): Record<string, string> {
  try {
    readDecision(text, models, me);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "BAD_INPUT") throw error;
    const issues = error.details?.issues as { path: string; message: string }[];
    return Object.fromEntries(issues.map(({ path, message }) => [path, message]));
  }
  return {};
}

test("facts are read with their read models and the instant at which they were seen", () => {
  const asOf = "2026-01-05T10:00:00.000Z";
  const none = { ...fact, columns: null };
  expect(read({ freshness: { asOf, lagMs: 4, more: {} }, facts: [fact, none] })).toEqual({
    asOf,
    facts: [
      { model: models[0], key, columns: fact.columns },
      { model: models[0], key, columns: null },
    ],
  });
});

test.each([
  ["nothing of when", { facts: [] }],
  ["a read model that was never refreshed", { freshness: { asOf: null }, facts: [] }],
])("with %s there is no instant", (_, told) => {
  expect(read(told)).toEqual({ asOf: undefined, facts: [] });
});

describe("not valid is", () => {
  test.each<[string, string]>([
    ["nothing", ""],
    ["what is not base64url", "{}"],
    ["what is not JSON", Buffer.from("{").toString("base64url")],
    ["what is not UTF-8", Buffer.from([0x22, 0xff, 0x22]).toString("base64url")],
    ["what is too long", "A".repeat(8_001)],
  ])("%s", (_, text) => {
    expect(Object.keys(issuesOf(text))).toEqual([basedOnHeader]);
  });

  const at = (path: string) => [`${basedOnHeader}.${path}`];
  test.each<[string, unknown, string[]]>([
    ["a list", [], [basedOnHeader]],
    ["a foreign field", { facts: [], more: 1 }, [basedOnHeader]],
    ["no facts", {}, at("facts")],
    ["too many facts", { facts: Array.from({ length: 21 }, () => fact) }, at("facts")],
    ["an odd instant", { freshness: { asOf: "now" }, facts: [] }, at("freshness.asOf")],
    ["a fact without columns", { facts: [{ ...fact, columns: 3 }] }, at("facts.0.columns")],
    [
      "an unknown read model",
      { facts: [fact, { ...fact, readModel: "full_jars" }] },
      at("facts.1.readModel"),
    ],
    ["a whole read model", { facts: [{ ...fact, readModel: "allJars" }] }, at("facts.0.readModel")],
    ["half a key", { facts: [{ ...fact, key: { jarId: key.jarId } }] }, at("facts.0.key.shelf")],
    [
      "more than a key",
      { facts: [{ ...fact, key: { ...key, fullMarbles: 3 } }] },
      at("facts.0.key.fullMarbles"),
    ],
    [
      "another's tenant",
      { facts: [{ ...fact, key: { ...key, tenant: "u" } }] },
      [...at("facts.0.key.tenant")],
    ],
    ["an odd key", { facts: [{ ...fact, key: { ...key, jarId: "1" } }] }, at("facts.0.key.jarId")],
    ["an unknown column", { facts: [{ ...fact, columns: { lid: 1 } }] }, at("facts.0.columns.lid")],
    [
      "a column by another name",
      { facts: [{ ...fact, columns: { full_marbles: 1 } }] },
      at("facts.0.columns.full_marbles"),
    ],
    [
      "what every object has",
      { facts: [{ ...fact, columns: { constructor: 1 } }] },
      at("facts.0.columns.constructor"),
    ],
    [
      "a value of another kind",
      { facts: [{ ...fact, columns: { fullMarbles: "3" } }] },
      at("facts.0.columns.fullMarbles"),
    ],
  ])("%s", (_, told, paths) => {
    expect(Object.keys(issuesOf(encode(told)))).toEqual(paths);
  });

  test("more than is told: ten issues at most", () => {
    const facts = Array.from({ length: 20 }, () => ({ ...fact, readModel: "none" }));
    expect(Object.keys(issuesOf(encode({ facts }))).length).toBe(10);
  });
});

test("who may not read the read model may not base a command on it", () => {
  const stranger = { ...me, scopes: ["jars:write"] };
  expect(() => read({ facts: [fact] }, stranger)).toThrow(
    expect.objectContaining({ code: "FORBIDDEN", message: "This needs the scope jars:read." }),
  );
});
