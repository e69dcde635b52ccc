import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../../..");
const router = "server/src/router.gen.ts";
const sdk = "sdk/src/api.gen.ts";
const openapi = "docs/reference/openapi.json";
const queries = "docs/reference/queries.md";

/** Runs the generator of the repository at `at`. */
async function gen(at: string, ...args: string[]) {
  const program = join(at, "server/src/contract/gen.ts");
  const started = run(process.execPath, ["--conditions=selvedge-source", program, ...args]);
  return started.then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

/** A copy of the sources that the generator reads and writes. */
function copyOfRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "selvedge-gen-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const packages = ["server/package.json", "sdk/package.json"];
  for (const path of [...packages, "server/src", "sdk/src", "docs/reference"]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  return copy;
}

test("what is generated is what stands in the repository", async () => {
  expect(await gen(root, "--check")).toEqual({ code: 0, stderr: "" });
});

test("a check names stale files and leaves them so; a run writes them, once", async () => {
  const at = copyOfRepository();
  writeFileSync(
    join(at, router),
    readFileSync(join(at, router), "utf8").replace(/^ +orderTotals,\n/m, ""),
  );
  writeFileSync(join(at, sdk), "// old\n");

  const checked = await gen(at, "--check");
  expect(checked.code).toBe(1);
  expect(checked.stderr.match(/^\S+ is stale/gm)).toEqual([
    `${router} is stale`,
    `${sdk} is stale`,
    `${openapi} is stale`,
    `${queries} is stale`,
  ]);
  expect(readFileSync(join(at, sdk), "utf8")).toBe("// old\n");

  expect(await gen(at)).toEqual({ code: 0, stderr: `${router} written.\n${sdk} written.\n` });
  expect(readFileSync(join(at, router), "utf8")).toBe(readFileSync(join(root, router), "utf8"));
  expect(readFileSync(join(at, sdk), "utf8")).toBe(readFileSync(join(root, sdk), "utf8"));
  expect(await gen(at)).toEqual({ code: 0, stderr: "" });
});

test("the version that the SDK tells is its manifest's", async () => {
  const at = copyOfRepository();
  const manifest = readFileSync(join(at, "sdk/package.json"), "utf8");
  writeFileSync(join(at, "sdk/package.json"), manifest.replace('"0.1.0"', '"7.3.1-beta.2"'));
  const written = await gen(at);
  expect(written).toEqual({ code: 0, stderr: "sdk/src/version.gen.ts written.\n" });
  const version = readFileSync(join(at, "sdk/src/version.gen.ts"), "utf8");
  expect(version).toContain('sdkVersion = "7.3.1-beta.2"');
});
