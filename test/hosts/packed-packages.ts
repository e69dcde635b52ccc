import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../sdk-package/packed-sdk.ts";

const run = promisify(execFile);
const npm = { NPM_CONFIG_AUDIT: "false", NPM_CONFIG_FUND: "false", DO_NOT_TRACK: "1" };

/** The environment in which hosts run: this one, without what the tests' own runner has set. */
export const plainEnv: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries({ ...process.env, ...npm }).filter(
    ([name]) =>
      !/^(npm_(?!config_(cache|registry))|VITEST|NODE_ENV|NODE_OPTIONS|DATABASE_URL)/i.test(name),
  ),
);

/** One of our packages, as it would be published. */
export interface PackedPackage {
  /** As it is installed: `@selvedge/server`. */
  readonly name: string;
  /** The tarball's own name, in the folder that was asked for. */
  readonly filename: string;
  readonly shasum: string;
}

/** Builds what has changed, and packs into a folder all that hosts install of ours. */
export async function packPackages(folder: string): Promise<readonly PackedPackage[]> {
  const here = { cwd: root, env: plainEnv };
  await run("npm", ["run", "--silent", "build"], here);
  const workspaces = ["sdk", "migrations", "server", "admin-ui"].flatMap((one) => ["-w", one]);
  const { stdout } = await run("npm", ["pack", ...optionsFor(folder), ...workspaces], here);
  return JSON.parse(stdout);
}

/** Builds an example that is a package, once all that it stands on is built, and packs it. */
export async function packExample(
  example: string,
  folder: string,
): Promise<readonly PackedPackage[]> {
  const there = { cwd: join(root, example), env: plainEnv };
  await run(process.execPath, ["build.ts"], there);
  const { stdout } = await run("npm", ["pack", ...optionsFor(folder)], there);
  return JSON.parse(stdout);
}

const optionsFor = (folder: string) => [
  ...["--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder],
];
