import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Application, selvedgeApplication } from "../application.ts";
import { GeneratedFiles } from "./generated-files.ts";
import { readModuleSlices } from "./module-slices.ts";
import { printApplication } from "./print-application.ts";
import { printHostSdk } from "./print-host-sdk.ts";
import { printLives } from "./print-lives.ts";
import { moduleOf } from "./print-method.ts";
import { printHostReference } from "./print-reference.ts";
import { readLives } from "./read-lives.ts";
import { reasonsOf } from "./reasons.ts";
import { Served } from "./served.ts";

const applicationFile = "src/application.gen.ts";
const livesFile = "docs/state-machines.md";
/** What is made from the application. */
const made = {
  sdk: "src/sdk.gen.ts",
  reference: "docs/reference.md",
};

/**
 * Writes what is generated in a host's folder: its application from `src/modules`, and from that
 * its SDK and a page of reference. Answers the files that differed; with `check` it only finds
 * them.
 */
export async function generateHost(
  folder: string,
  { check }: { check: boolean },
): Promise<string[]> {
  const files = new GeneratedFiles(folder, check);
  const sources = join(folder, "src");
  const modules = await readModuleSlices(sources);
  if (modules.length === 0) throw new Error(`There are no modules in ${join(sources, "modules")}.`);
  const hasMigrations = existsSync(join(folder, "migrations"));
  files.settle(applicationFile, printApplication(modules, { hasMigrations }));
  const lives = await readLives(sources);
  const howMade = { by: "selvedge generate", from: "src/modules" };
  if (lives.length > 0) files.settle(livesFile, printLives(lives, howMade));
  const path = join(folder, applicationFile);
  // Without an application to ask, what is made from it is as stale as that.
  if (!existsSync(path)) return [...files.stale, ...Object.values(made)];
  const { application } = (await import(pathToFileURL(path).href)) as { application: Application };

  const served = new Served(application);
  const names = new Set(modules.map(({ name }) => name));
  const theirs = served.contract.filter((one) => names.has(moduleOf(one.path)));
  files.settle(made.sdk, printHostSdk(served.contract, theirs));
  const reasons = reasonsOf(application.refusals);
  const readModels = application.readModels.filter(
    (model) => !selvedgeApplication.readModels.includes(model),
  );
  files.settle(made.reference, printHostReference(theirs, { reasons, readModels }));
  return files.stale;
}
