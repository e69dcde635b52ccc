import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Where the repository is. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
const sdk = join(root, "sdk");
const cache = join(root, "node_modules/.cache/selvedge");
const run = promisify(execFile);

/** Builds and packs the SDK, as `npm publish` would, and gives the tarball; once for one source. */
export async function packSdk(): Promise<string> {
  const folder = join(cache, `sdk-${await hashOfSources()}`);
  const tarball = join(folder, "sdk.tgz");
  if (existsSync(tarball)) return tarball;
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, "packing-"));
  const packed = await run(
    "npm",
    ["pack", "--json", "--loglevel=error", "--pack-destination", making],
    {
      cwd: sdk,
    },
  );
  // `prepack` prints its own line before the JSON.
  const [{ filename }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[\n")));
  await rename(join(making, filename), join(making, "sdk.tgz"));
  await rename(making, folder).catch(() => rm(making, { recursive: true }));
  return tarball;
}

/** An empty project of a partner, outside of the repository, with the packed SDK alone. */
export async function partnerProject(): Promise<{ folder: string; remove(): Promise<void> }> {
  const tarball = await packSdk();
  const folder = await mkdtemp(join(tmpdir(), "selvedge-partner-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  await run("npm", ["install", "--offline", "--no-audit", "--no-package-lock", tarball], {
    cwd: folder,
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The manifest of the SDK. */
export const manifest: {
  readonly version: string;
  readonly exports: Readonly<Record<string, object | string>>;
} = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));

/** What the package lets its users import: `@selvedge/sdk`, and each of its sub-paths. */
export const entries = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => `@selvedge/sdk${path.slice(1)}`);

async function hashOfSources(): Promise<string> {
  const inside = await readdir(join(sdk, "src"), { recursive: true, encoding: "utf8" });
  const sources = inside.filter((name) => name.endsWith(".ts") && !name.endsWith(".spec.ts"));
  const around = ["package.json", "README.md", "LICENSE", "build.ts"].concat(
    ...["tsconfig.build.json", "tsconfig.build-cjs.json", "../tsconfig.json"],
  );
  const hash = createHash("sha256");
  for (const file of [...around, ...sources.sort().map((name) => `src/${name}`)]) {
    hash.update(`${file}\n`).update(await readFile(join(sdk, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
