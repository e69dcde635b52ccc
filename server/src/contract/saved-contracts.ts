import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareContracts } from "./compatibility.ts";
import { canonicalJson } from "./json-schema.ts";
import { type ContractProcedure, type ContractShape, shapeOf } from "./walk.ts";

/** What partners of one version rely on: its contract, and the SDK that they were given. */
export interface SavedContract {
  readonly version: string;
  readonly contract: readonly ContractShape[];
  /** The SDK's entry, as Node runs it. */
  readonly sdk: string;
}

/** Where contracts are saved, below the repository's root: a folder for each version. */
export const savedFolder = "test/contracts/saved";

/** The contracts that are saved, the oldest version first. */
export function readSavedContracts(root: string): SavedContract[] {
  const folder = join(root, savedFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .map((version) => ({
      version,
      contract: JSON.parse(readFileSync(join(folder, version, "contract.json"), "utf8")),
      sdk: join(folder, version, "sdk/index.js"),
    }));
}

/** What a contract means to partners of every version that is saved, in sentences. */
export function compareWithSaved(root: string, contract: readonly ContractProcedure[]) {
  const is = contract.map(shapeOf);
  const found = readSavedContracts(root).map(({ version, contract: was }) =>
    compareContracts(version, was, is),
  );
  return {
    breaks: found.flatMap(({ breaks }) => breaks),
    notes: found.flatMap(({ notes }) => notes),
  };
}

/** The versions that the changelog tells of, and whether each is out. */
export function versionsOf(root: string): { version: string; isOut: boolean }[] {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  return [...text.matchAll(/^## (\d+\.\d+\.\d+)(.*)$/gm)].map(([, version = "", rest = ""]) => ({
    version,
    isOut: !rest.includes("unreleased"),
  }));
}

/**
 * Saves a contract and the SDK of its version, as partners are about to be given them. What is out
 * is not saved again: that is what it is compared with for.
 */
export function saveContract(
  root: string,
  version: string,
  contract: readonly ContractProcedure[],
): string {
  const told = versionsOf(root).find((one) => one.version === version);
  if (!told) throw new Error(`CHANGELOG.md does not tell of ${version}.`);
  const folder = join(root, savedFolder, version);
  if (told.isOut && existsSync(folder)) {
    throw new Error(`${version} is out, and partners rely on its contract. Raise the version.`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const lines = contract.map((procedure) => canonicalJson(shapeOf(procedure)));
  writeFileSync(join(folder, "contract.json"), `[\n${lines.join(",\n")}\n]\n`);
  buildSdk(root, join(folder, "sdk"));
  return `${savedFolder}/${version}`;
}

function buildSdk(root: string, outDir: string): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const maps = ["--declarationMap", "false", "--sourceMap", "false"];
  const plain = ["--declaration", "false", ...maps, "--removeComments"];
  const project = ["-p", join(root, "sdk/tsconfig.build.json"), "--outDir", outDir];
  execFileSync(process.execPath, [tsc, ...project, ...plain], { stdio: "inherit" });
}
