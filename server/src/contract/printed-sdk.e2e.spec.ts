import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { initTRPC } from "@trpc/server";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { printSdk } from "./print-sdk.ts";
import { walkRouter } from "./walk.ts";

const root = resolve(import.meta.dirname, "../../..");
const t = initTRPC.meta<Record<string, unknown>>().create();
const never = () => undefined as never;

const contract = walkRouter(
  t.router({
    bins: t.router({
      fillBin: t.procedure
        .meta({
          kind: "command",
          refuses: ["bin-full"],
          doc: "Fills a bin.",
          example: { lpns: ["1"] },
        })
        .input(z.strictObject({ lpns: z.array(z.string()).min(1), bin: z.string().default("A-1") }))
        .output(z.strictObject({ bin: z.string().nullable() }))
        .mutation(never),
      bins: t.procedure
        .meta({ kind: "query", paged: true, factsBy: ["bin"] })
        .input(z.strictObject({ state: z.enum(["open", "full"]).optional() }))
        .output(
          z.strictObject({
            rows: z.array(z.strictObject({ bin: z.string(), pieces: z.int() })),
            nextCursor: z.string().nullable(),
          }),
        )
        .query(never),
      binsOf: t.procedure
        .meta({ kind: "query" })
        .input(z.strictObject({ sku: z.string() }))
        .output(z.strictObject({ bySku: z.record(z.string(), z.array(z.int())) }))
        .query(never),
    }),
    doors: t.router({
      passages: t.procedure
        .meta({ kind: "query", feed: true })
        .input(z.strictObject({ after: z.string().optional(), limit: z.int().optional() }))
        .output(
          z.strictObject({
            events: z.array(z.strictObject({ position: z.string(), door: z.int() })),
            position: z.string(),
          }),
        )
        .query(never),
    }),
    operations: t.router({
      pause: t.procedure.meta({ kind: "operation" }).output(z.strictObject({})).mutation(never),
    }),
  }),
);

/** Type-checks a partner's program against what is printed; answers the compiler's complaints. */
async function complaintsAbout(program: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "selvedge-printed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "api.gen.ts"), printSdk(contract));
  copyFileSync(join(root, "sdk/src/calls.ts"), join(folder, "calls.ts"));
  copyFileSync(join(root, "sdk/src/errors.ts"), join(folder, "errors.ts"));
  writeFileSync(join(folder, "program.ts"), program);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    module: "nodenext",
    target: "es2023",
    lib: ["es2023", "dom"],
    types: [],
    noEmit: true,
    allowImportingTsExtensions: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [tsc], { cwd: folder });
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
  );
}

test("the printed types serve a partner's program under strict settings", async () => {
  const complaints = await complaintsAbout(`
    import type { BinsRow, FillBinRefusal, Modules } from "./api.gen.ts";
    declare const selvedge: Modules;
    const maybe = undefined as "open" | undefined;
    const lpns = ["1", "2"] as const;

    const filled = await selvedge.bins.fillBin({ lpns, bin: undefined }, { timeoutMs: 100 });
    const bin: string | null = filled.data.bin;
    const receipt: string = filled.receipt;
    const { data, freshness } = await selvedge.bins.bins({ state: maybe }, { atLeast: receipt });
    const lag: number | null = freshness.lagMs;
    const rows: BinsRow[] = data.rows;
    for await (const { pieces } of selvedge.bins.bins.rows()) pieces satisfies number;
    const options = { signal: undefined, onCaughtUp: (position: string) => void position };
    for await (const one of selvedge.doors.passages.follow({ after: "p" }, options)) {
      one.door satisfies number;
    }
    const { data: { bySku } } = await selvedge.bins.binsOf({ sku: "x" });
    const pieces: number | undefined = bySku["x"]?.[0];
    const seen = { readModel: "bins", key: { bin: "A-1" }, columns: { pieces: 3 } } as const;
    const none = { readModel: "bins", key: { bin: "A-2" }, columns: null } as const;
    await selvedge.bins.fillBin({ lpns }, { basedOn: { freshness, facts: [seen, none] } });
    const paused: Record<string, never> = await selvedge.operations.pause();
    const reason: FillBinRefusal = "bin-full";
    export { bin, lag, paused, pieces, reason, rows };
  `);
  expect(complaints).toBe("");
});

test("the printed types refuse what the server would refuse", async () => {
  const complaints = await complaintsAbout(`
    import type { FillBinRefusal, Modules } from "./api.gen.ts";
    declare const selvedge: Modules;
    await selvedge.bins.fillBin({ bin: "A-1" });
    await selvedge.bins.fillBin({ lpns: [], shelf: "A" });
    await selvedge.bins.bins({ state: "lost" });
    await selvedge.bins.binsOf();
    selvedge.bins.binsOf.rows;
    await selvedge.operations.pause({ for: "ever" });
    const columns = { pieces: 3 };
    await selvedge.bins.fillBin({ lpns: [] }, { basedOn: { facts: [{ readModel: "bin", key: { bin: "A" }, columns }] } });
    await selvedge.bins.fillBin({ lpns: [] }, { basedOn: { facts: [{ readModel: "bins", key: {}, columns }] } });
    await selvedge.bins.fillBin({ lpns: [] }, { basedOn: { facts: [{ readModel: "bins", key: { bin: "A" }, columns: { lpns: 3 } }] } });
    selvedge.doors.passages.follow({ limit: 3 });
    const reason: FillBinRefusal = "bin-gone";
    export { reason };
  `);
  const lines = [...complaints.matchAll(/^program\.ts\((\d+),/gm)].map(([, line]) => Number(line));
  expect(lines).toEqual([4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15]);
});
