import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serverVersion } from "../version.ts";
import { readableJson } from "./json-schema.ts";
import { readModuleSlices } from "./module-slices.ts";
import { printLives } from "./print-lives.ts";
import { printOpenapi } from "./print-openapi.ts";
import { printRouter } from "./print-router.ts";
import { printSdk } from "./print-sdk.ts";
import { readLives } from "./read-lives.ts";
import { reasonsOf } from "./reasons.ts";
import { walkRouter } from "./walk.ts";

const sources = "server/src";
const routerFile = `${sources}/router.gen.ts`;
const sdkFile = "sdk/src/api.gen.ts";
const openapiFile = "docs/reference/openapi.json";
const livesFile = "docs/reference/state-machines.md";

/**
 * Writes what is generated below the repository's root: the router from the folders, then the SDK
 * and the OpenAPI document from that router, and the page of state machines from the lives. Answers
 * the files that differed; with `check` it only finds them.
 */
export async function generate(root: string, { check }: { check: boolean }): Promise<string[]> {
  const stale: string[] = [];
  const settle = (file: string, text: string) => {
    const path = join(root, file);
    if (existsSync(path) && readFileSync(path, "utf8") === text) return;
    stale.push(file);
    if (!check) writeFileSync(path, text);
  };
  settle(livesFile, printLives(await readLives(join(root, sources))));
  settle(routerFile, printRouter(await readModuleSlices(join(root, sources))));
  // Without a router to ask, what is made from it is as stale as the router.
  if (!existsSync(join(root, routerFile))) return [...stale, sdkFile, openapiFile];
  const { appRouter, refusals } = await import(pathToFileURL(join(root, routerFile)).href);
  const contract = walkRouter(appRouter);
  const facts = { reasons: reasonsOf(refusals), version: serverVersion };
  settle(sdkFile, printSdk(contract));
  settle(openapiFile, `${readableJson(printOpenapi(contract, facts))}\n`);
  return stale;
}
