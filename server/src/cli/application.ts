import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Option } from "commander";
import { type Application, selvedgeApplication } from "../application.ts";
import { CliError, lineOf } from "./cli-io.ts";

/** Which application a subcommand works for. */
export interface ApplicationOptions {
  readonly application?: string;
}

/** The option of every subcommand that serves an application or prepares its database. */
export const applicationOption = (): Option =>
  new Option(
    "--application <file>",
    "a host's application, as `selvedge generate` writes it; default: the one that " +
      'package.json names under "selvedge", or Selvedge alone',
  ).env("SELVEDGE_APPLICATION");

/** The application that is named: by an option, or by the manifest of the folder; or Selvedge's. */
export async function loadApplication(
  { application }: ApplicationOptions,
  folder = process.cwd(),
): Promise<Application> {
  const file = application ?? namedByManifest(folder);
  if (file === undefined) return selvedgeApplication;
  const path = resolve(folder, file);
  if (!existsSync(path)) throw new CliError(`there is no application ${file}`);
  const exported = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    throw new CliError(`${file} cannot be loaded: ${lineOf(cause)}`, { cause });
  });
  if (isApplication(exported.application)) return exported.application;
  throw new CliError(`${file} exports no "application"; let \`selvedge generate\` write it`);
}

function namedByManifest(folder: string): string | undefined {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  const { selvedge } = JSON.parse(readFileSync(path, "utf8"));
  return selvedge?.application;
}

function isApplication(value: unknown): value is Application {
  return typeof value === "object" && value !== null && "appRouter" in value;
}
