import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { selvedgeApplication } from "../application.ts";
import { loadApplication } from "./application.ts";
import { CliError } from "./cli-io.ts";

/** A folder with these files in it. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "selvedge-application-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
const application = 'export const application = { appRouter: {}, named: "ours" };';
const named = JSON.stringify({ selvedge: { application: "ours.mjs" } });

test("without any other it is Selvedge's own", async () => {
  expect(await loadApplication({}, folderWith({}))).toBe(selvedgeApplication);
  expect(await loadApplication({}, folderWith({ "package.json": "{}" }))).toBe(selvedgeApplication);
});

test("a host's is the one that its manifest names, or an option", async () => {
  const folder = folderWith({ "package.json": named, "ours.mjs": application });
  expect(await loadApplication({}, folder)).toMatchObject({ named: "ours" });
  const other = folderWith({ "package.json": named, "other.mjs": application });
  expect(await loadApplication({ application: "other.mjs" }, other)).toMatchObject({
    named: "ours",
  });
});

test.each([
  ["is not there", {}, "there is no application ours.mjs"],
  [
    "is none",
    { "ours.mjs": "export const application = 1;" },
    'ours.mjs exports no "application"; let `selvedge generate` write it',
  ],
  [
    "does not load",
    { "ours.mjs": 'throw new Error("The module is taken.");' },
    "ours.mjs cannot be loaded: The module is taken.",
  ],
])("a file that %s is told of in words", async (_, files, words) => {
  const folder = folderWith({ "package.json": named, ...files });
  await expect(loadApplication({}, folder)).rejects.toThrow(new CliError(words));
});
