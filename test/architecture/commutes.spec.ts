import { expect, test } from "vitest";
import type { ProcedureMeta } from "../../server/src/kernel/procedure.ts";
import { appRouter } from "../../server/src/router.gen.ts";

interface Procedure {
  readonly _def: { readonly meta?: ProcedureMeta };
}
const procedures = Object.entries(
  appRouter._def.procedures as unknown as Record<string, Procedure>,
);
const commutes = new Map(
  procedures
    .filter(([, { _def }]) => _def.meta?.kind === "command")
    .map(([path, { _def }]) => [path, _def.meta?.commutes ?? []]),
);
const pairs = [...commutes].flatMap(([path, others]) => others.map((other) => [path, other]));

test("some commands are said to commute", () => {
  expect(pairs.length).toBeGreaterThan(2);
});

test("a command commutes only with commands that there are, each named once", () => {
  expect(pairs.filter(([, other = ""]) => !commutes.has(other))).toEqual([]);
  expect(new Set(pairs.map(String)).size).toBe(pairs.length);
});

test("what one command says of another, that one says too", () => {
  const oneSided = pairs.filter(([path = "", other = ""]) => !commutes.get(other)?.includes(path));
  expect(oneSided).toEqual([]);
});
