import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serverVersion } from "../version.ts";
import { readableJson } from "./json-schema.ts";
import { readModuleSlices } from "./module-slices.ts";
import { printLives } from "./print-lives.ts";
import { printOpenapi } from "./print-openapi.ts";
import { printCommands, printOperations, printQueries } from "./print-reference.ts";
import { printRouter } from "./print-router.ts";
import { printSdk } from "./print-sdk.ts";
import { readLives } from "./read-lives.ts";
import { reasonsOf } from "./reasons.ts";
import { walkRouter } from "./walk.ts";

const sources = "server/src";
const routerFile = `${sources}/router.gen.ts`;
const livesFile = "docs/reference/state-machines.md";
/** What is made from the router. */
const made = {
  sdk: "sdk/src/api.gen.ts",
  openapi: "docs/reference/openapi.json",
  commands: "docs/reference/commands.md",
  queries: "docs/reference/queries.md",
  operations: "docs/reference/operations.md",
};

/**
 * Writes what is generated below the repository's root: the router from the folders, then the SDK,
 * the OpenAPI document and the pages of reference from that router, and the page of state machines
 * from the lives. Answers the files that differed; with `check` it only finds them.
 */
export async function generate(root: string, { check }: { check: boolean }): Promise<string[]> {
  const stale: string[] = [];
  const settle = (file: string, text: string) => {
    const path = join(root, file);
    if (existsSync(path) && readFileSync(path, "utf8") === text) return;
    stale.push(file);
    if (!check) writeFileSync(path, text);
  };
  const modules = await readModuleSlices(join(root, sources));
  settle(livesFile, printLives(await readLives(join(root, sources))));
  settle(routerFile, printRouter(modules));
  // Without a router to ask, what is made from it is as stale as the router.
  if (!existsSync(join(root, routerFile))) return [...stale, ...Object.values(made)];
  const { appRouter, readModels, refusals } = await import(
    pathToFileURL(join(root, routerFile)).href
  );
  const contract = walkRouter(appRouter);
  const reasons = reasonsOf(refusals);
  settle(made.sdk, printSdk(contract));
  const openapi = printOpenapi(contract, { reasons, version: serverVersion });
  settle(made.openapi, `${readableJson(openapi)}\n`);
  settle(made.commands, printCommands(contract, reasons));
  settle(made.queries, printQueries(contract, modules, readModels));
  settle(made.operations, printOperations(contract));
  return stale;
}
