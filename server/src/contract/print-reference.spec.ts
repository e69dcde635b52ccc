import { initTRPC } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readModel } from "../kernel/read-model.ts";
import { declareRefusals } from "../kernel/refusals.ts";
import { printFields } from "./print-fields.ts";
import { printCommands, printOperations, printQueries } from "./print-reference.ts";
import { reasonsOf } from "./reasons.ts";
import { walkRouter } from "./walk.ts";

const t = initTRPC.meta<Record<string, unknown>>().create();
const never = () => undefined as never;
const bin = z.strictObject({ bin: z.string() });
const page = z.strictObject({ rows: z.array(bin), nextCursor: z.string().nullable() });

const contract = walkRouter(
  t.router({
    bins: t.router({
      emptyBin: t.procedure
        .meta({
          ...{ kind: "command", scope: "bins:write", doc: "Empties a bin." },
          ...{ example: { bin: "A-1" }, refuses: ["bin-unknown"], commutes: ["bins.fillBin"] },
          deprecated: "use bins.clear since 0.3.0",
        })
        .input(bin)
        .output(z.strictObject({}))
        .mutation(never),
      binContents: t.procedure
        .meta({ kind: "query", scope: "bins:read", doc: "What lies where.", paged: true })
        .input(z.strictObject({ bin: z.union([z.string(), z.array(z.string())]).optional() }))
        .output(page)
        .query(never),
      binTotals: t.procedure
        .meta({ kind: "query", scope: "bins:read", doc: "How many there are." })
        .output(z.strictObject({ bins: z.int() }))
        .query(never),
    }),
    operations: t.router({
      pause: t.procedure
        .meta({ kind: "operation", scope: "operations:write", doc: "Pauses." })
        .output(z.strictObject({}))
        .mutation(never),
    }),
  }),
);
const reasons = reasonsOf([
  declareRefusals({ "bin-unknown": { kind: "not-found", text: "There is no such bin." } }),
]);
const sectionOf = (text: string, heading: string) =>
  text.split(/^(?=#)/m).find((section) => section.startsWith(`### ${heading}\n`));

test("a command has its scope, fields, refusals and an example", () => {
  const text = printCommands(contract, reasons);
  expect(text).toContain("- **bins**: [emptyBin](#binsemptybin)\n");
  expect(text).toContain(
    "| `decision-stale` | conflict | What this command was decided on is no longer so. |",
  );
  expect(sectionOf(text, "bins.emptyBin")).toBe(`### bins.emptyBin

Empties a bin.

**Deprecated**: use bins.clear since 0.3.0.

Scope \`bins:write\`. Commutes with \`bins.fillBin\`.

| input | type | |
|---|---|---|
| \`bin\` | string |  |

| refused as | kind | |
|---|---|---|
| \`bin-unknown\` | not-found | There is no such bin. |

\`\`\`json
{ "bin": "A-1" }
\`\`\`
`);
});

test("a read model has its key, how it is kept, what it promises, and its queries", () => {
  const model = readModel({
    ...{ name: "bin_contents", group: "bins", scope: "bins:read", doc: "What lies where." },
    ...{ key: ["tenant", "bin"], columns: { bin: z.string() }, filterBy: ["bin"] },
    ...{ maintain: "byKey", freshWithinMs: 1_500, sql: "select 1" },
    staleOn: { garment: "select tenant, bin from changed" },
  });
  const slice = { file: "", readModel: "binContents", paged: true, queries: ["binTotals"] };
  const modules = [
    { name: "bins", entities: undefined, refusals: undefined, commands: [], readModels: [slice] },
  ];
  const text = printQueries(contract, modules, [model]);
  expect(text).toContain("| `binContents` | `bin` | by key | 1.5 s | group `bins` |\n");
  expect(sectionOf(text, "bins.binContents")).toContain(`
| input | type | |
|---|---|---|
| \`bin\` | string, or a list | Optional. |

| row | type | |
|---|---|---|
| \`bin\` | string |  |
`);
  expect(sectionOf(text, "bins.binTotals")).toContain("Reads `binContents`.\n");
});

test("operations have a page of their own", () => {
  expect(sectionOf(printOperations(contract), "operations.pause")).toBe(
    "### operations.pause\n\nPauses.\n\nScope `operations:write`.\n",
  );
  expect(printCommands(contract, reasons)).not.toContain("operations.pause");
});

test("a reason that nobody declares stops the printer, naming the command", () => {
  expect(() => printCommands(contract, reasonsOf([]))).toThrow(
    'bins.emptyBin is refused for "bin-unknown", which no module declares',
  );
});

describe("fields of fields", () => {
  test("stand under the paths of what holds them", () => {
    const schema = z.toJSONSchema(
      z.strictObject({
        lines: z.array(z.strictObject({ sku: z.string(), of: bin.nullable() })).max(3),
        kind: z.enum(["a", "b"]).optional(),
        byBin: z.record(z.string(), z.int()),
      }),
    );
    expect(printFields("input", schema as object, "input").slice(3)).toEqual([
      "| `lines` | list | At most 3 items. |",
      "| `lines[].sku` | string |  |",
      "| `lines[].of` | object \\| null |  |",
      "| `lines[].of.bin` | string |  |",
      '| `kind` | "a" \\| "b" | Optional. |',
      "| `byBin` | Record<string, number> |  |",
    ]);
  });
});
