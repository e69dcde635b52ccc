/*
 * Builds the package: the same sources as ESM and as CommonJS, each with its own types.
 *
 * node build.ts
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
const dist = join(here, "dist");
const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));

async function compile(config: string): Promise<void> {
  const tsc = promisify(execFile)(process.execPath, [join(compiler, "bin/tsc"), "-p", config], {
    cwd: here,
  });
  await tsc.catch(({ stdout }: { stdout: string }) => Promise.reject(new Error(stdout)));
}

// TypeScript leaves "./errors.ts" in types, which its own resolution understands and Deno's does
// not. The names are equally long, so the maps stay right.
function nameBuiltFiles(types: string): void {
  const text = readFileSync(types, "utf8");
  writeFileSync(types, text.replace(/((?:\bfrom|\bimport\() ?"\.{1,2}\/[^"]*)\.ts"/g, '$1.js"'));
}

rmSync(dist, { recursive: true, force: true });
await Promise.all(["tsconfig.build.json", "tsconfig.build-cjs.json"].map(compile));
const built = readdirSync(dist, { recursive: true, encoding: "utf8" });
for (const file of built.filter((name) => name.endsWith(".d.ts"))) nameBuiltFiles(join(dist, file));
writeFileSync(join(dist, "cjs/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
