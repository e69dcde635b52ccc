/*
 * Builds the nodes as n8n loads them: CommonJS, each with its icon beside it.
 *
 * node build.ts
 */
import { execFileSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const dist = join(here, "dist");
const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));

rmSync(dist, { recursive: true, force: true });
const tsc = [join(compiler, "bin/tsc"), "-p", "tsconfig.json"];
execFileSync(process.execPath, tsc, { cwd: here, stdio: "inherit" });
cpSync(join(here, "src/selvedge.svg"), join(dist, "selvedge.svg"));
// n8n takes a class by the name of its file.
const files = {
  "Selvedge.node.js": "selvedge-action.js",
  "SelvedgeTrigger.node.js": "selvedge-trigger.js",
  "SelvedgeApi.credentials.js": "selvedge-credentials.js",
};
for (const [name, of] of Object.entries(files)) {
  writeFileSync(join(dist, name), `module.exports = require("./${of}");\n`);
}
writeFileSync(join(dist, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
