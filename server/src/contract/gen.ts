/*
 * Generates the router and the SDK; see `generate.ts`.
 *
 * node --conditions=selvedge-source server/src/contract/gen.ts [--check]
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./generate.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const { check } = values;

for (const file of await generate(resolve(import.meta.dirname, "../../.."), { check })) {
  console.error(
    check ? `${file} is stale: run \`npm run gen\` and commit it.` : `${file} written.`,
  );
  if (check) process.exitCode = 1;
}
