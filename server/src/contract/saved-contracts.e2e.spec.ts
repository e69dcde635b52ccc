import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { selvedgeApplication } from "../application.ts";
import {
  compareWithSaved,
  readSavedContracts,
  saveContract,
  savedFolder,
} from "./saved-contracts.ts";
import { Served } from "./served.ts";

const { contract } = new Served(selvedgeApplication);

const root = resolve(import.meta.dirname, "../../..");

test("a contract is saved until it is out, and compared with from then on", () => {
  const at = mkdtempSync(join(tmpdir(), "selvedge-saved-"));
  onTestFinished(() => rmSync(at, { recursive: true }));
  for (const path of ["sdk", "tsconfig.json"]) {
    cpSync(join(root, path), join(at, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(at, "node_modules"), "junction");
  const tell = (what: string) => writeFileSync(join(at, "CHANGELOG.md"), `# Changelog\n\n${what}`);
  const save = (version: string) => saveContract(at, version, contract);
  const nothing = { breaks: [], notes: [] };

  expect(compareWithSaved(at, contract)).toEqual(nothing);
  tell("## 0.9.0 (unreleased)\n");
  expect(() => save("1.0.0")).toThrow("CHANGELOG.md does not tell of 1.0.0.");
  expect(save("0.9.0")).toBe(`${savedFolder}/0.9.0`);
  expect(readSavedContracts(at)).toMatchObject([{ version: "0.9.0" }]);
  expect(compareWithSaved(at, contract)).toEqual(nothing);
  tell("## 0.9.0 (2026-03-02)\n");
  expect(() => save("0.9.0")).toThrow("0.9.0 is out, and partners rely on its contract.");

  // As if partners had been given a field that is not taken any more, and had met fewer refusals.
  const file = join(at, savedFolder, "0.9.0/contract.json");
  const saved = readFileSync(file, "utf8");
  const earlier = saved
    .replaceAll('"externalRef":{', '"clientRef":{"type":"string"},"externalRef":{')
    .replaceAll('"external-ref-taken",', "");
  writeFileSync(file, earlier);
  const { breaks, notes } = compareWithSaved(at, contract);
  expect(breaks).toContain(
    "0.9.0 partners calling orders.placeOrder with `clientRef` would be refused: it is not known any more.",
  );
  expect(notes).toContain(
    "0.9.0 partners calling orders.placeOrder may be refused for a reason that is new to them: external-ref-taken.",
  );
});

test("the check says nothing of this contract, and is content", async () => {
  const program = join(root, "server/src/contract/check.ts");
  const run = promisify(execFile)(process.execPath, ["--conditions=selvedge-source", program]);
  await expect(run).resolves.toMatchObject({ stderr: "" });
});
