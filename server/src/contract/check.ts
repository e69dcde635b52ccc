/*
 * Says what the contract means to partners of earlier versions; see `compatibility.ts`. With --save
 * it keeps the contract and the SDK of this version, to be compared with from then on.
 *
 * node --conditions=selvedge-source server/src/contract/check.ts [--save]
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { selvedgeApplication } from "../application.ts";
import { serverVersion } from "../version.ts";
import { compareWithSaved, saveContract } from "./saved-contracts.ts";
import { Served } from "./served.ts";

const { contract } = new Served(selvedgeApplication);
const root = resolve(import.meta.dirname, "../../..");
const { values } = parseArgs({ options: { save: { type: "boolean", default: false } } });

if (values.save) {
  try {
    console.error(`${saveContract(root, serverVersion, contract)} written.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} else {
  const { breaks, notes } = compareWithSaved(root, contract);
  for (const note of notes) console.log(`note: ${note}`);
  for (const sentence of breaks) console.error(`broken: ${sentence}`);
  if (breaks.length > 0) process.exitCode = 1;
}
