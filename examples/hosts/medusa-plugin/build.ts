/*
 * Builds the plugin where and as Medusa's loaders look for it: CommonJS below `.medusa/server/src`.
 *
 * node build.ts
 */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const built = join(here, ".medusa/server");
const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));

rmSync(built, { recursive: true, force: true });
const tsc = [join(compiler, "bin/tsc"), "-p", "tsconfig.json"];
execFileSync(process.execPath, tsc, { cwd: here, stdio: "inherit" });
writeFileSync(join(built, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
