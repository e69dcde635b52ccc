import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesInBrowser } from "./bytes-in-browser.ts";
import { entries, manifest, packSdk, partnerProject, root } from "./packed-sdk.ts";

/* What is in the tarball, and what is not. */

let folder = "";
let installed = "";
let files: string[] = [];
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await partnerProject());
  installed = join(folder, "node_modules/@selvedge/sdk");
  files = (await readdir(installed, { recursive: true, encoding: "utf8" })).sort();
});
afterAll(() => remove?.());

const contentOf = (file: string) => readFile(join(installed, file), "utf8");

test("a project that installs it has it and nothing else", async () => {
  expect(await readdir(join(folder, "node_modules"))).toEqual([".package-lock.json", "@selvedge"]);
  const { name, version, dependencies } = JSON.parse(await contentOf("package.json"));
  expect({ name, version, dependencies }).toEqual({
    name: "@selvedge/sdk",
    version: manifest.version,
    dependencies: undefined,
  });
});

test("licence and README are in it; tests, and what is there for tests of the SDK, are not", async () => {
  expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "dist/esm/index.js"]));
  expect(await contentOf("LICENSE")).toBe(await readFile(join(root, "LICENSE"), "utf8"));
  const tests = files.filter((file) => /\.spec\.|scripted-server|tsconfig|vitest/.test(file));
  expect(tests).toEqual([]);
});

test("no type speaks of what the server is made of", async () => {
  const types = files.filter((file) => file.endsWith(".d.ts"));
  expect(types.length).toBeGreaterThan(20);
  const serverWords =
    /trpc|mikro-?orm|\bzod\b|pg-?boss|kysely|"express"|server\/src|@selvedge\/server|\bnode:/i;
  for (const file of types) expect((await contentOf(file)).match(serverWords), file).toBeNull();
});

test("types name built files, so that every resolver finds them", async () => {
  const types = files.filter((file) => file.endsWith(".d.ts"));
  for (const file of types) {
    const named = [...(await contentOf(file)).matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)];
    expect(named.filter(([, path = ""]) => !path.endsWith(".js"))).toEqual([]);
  }
});

test("publint has nothing to say", async () => {
  const tarball = await readFile(await packSdk());
  const { messages } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset) as ArrayBuffer },
    strict: true,
  });
  expect(messages.map((message) => formatMessage(message, {}))).toEqual([]);
});

test("types and code agree, however they are resolved", async () => {
  const result = await checkPackage(
    createPackageFromTarballData(new Uint8Array(await readFile(await packSdk()))),
  );
  if (!result.types) throw new Error("There are no types in the package.");
  expect(Object.keys(result.entrypoints).length).toBe(entries.length + 1);
  // Sub-paths are what resolvers from before `exports` cannot find in any package.
  const problems = result.problems.filter(
    (problem) =>
      !(
        "resolutionKind" in problem &&
        problem.resolutionKind === "node10" &&
        problem.entrypoint !== "."
      ),
  );
  expect(problems).toEqual([]);
});

test("the client alone is small, and a part that is not imported is not paid for", async () => {
  const whole = await bytesInBrowser(folder, `export * from "@selvedge/sdk"`);
  const errors = await bytesInBrowser(folder, `export { isSelvedgeError } from "@selvedge/sdk"`);
  expect(whole).toBeLessThanOrEqual(15 * 1_024);
  expect(errors).toBeLessThanOrEqual(1_024);
});
