import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../sdk-package/packed-sdk.ts";
import { packPackages, plainEnv } from "./packed-packages.ts";

const run = promisify(execFile);

/** How a program of the host ended. */
export interface Ended {
  readonly code: number;
  /** All that it printed. */
  readonly said: string;
}

/** A copy of an example, outside of the repository, with the packed packages in it. */
export interface PackedHost {
  readonly folder: string;
  /** The command line, as Node runs it there. */
  readonly cli: string;
  /** Runs a file with Node, in the folder or below it. */
  node(args: readonly string[], more?: NodeRun): Promise<Ended>;
  remove(): Promise<void>;
}

/** Where a program runs, and what it finds there. */
interface NodeRun {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Copies an example and installs what it depends on: Selvedge's packages from their tarballs, and
 * of others those that manifests name, as they stand in the repository. Whatever a package uses
 * without naming it is not there.
 */
export async function packedHost(example: string): Promise<PackedHost> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-host-"));
  await cp(join(root, example), folder, { recursive: true });
  const withManifests = [""];
  for (const { name, filename } of await packPackages(folder)) {
    const path = join("node_modules", name);
    await unpack(join(folder, filename), join(folder, path));
    withManifests.push(path);
  }

  for (const path of withManifests) {
    const manifest = JSON.parse(await readFile(join(folder, path, "package.json"), "utf8"));
    const { dependencies, optionalDependencies, devDependencies = {} } = manifest;
    const named = { ...dependencies, ...optionalDependencies, ...(path === "" && devDependencies) };
    for (const name of Object.keys(named)) await link(name, folder);
  }
  const cli = join(folder, "node_modules/@selvedge/server/dist/cli/main.js");
  return {
    folder,
    cli,
    node: (args, more) => node(args, { cwd: folder, ...more }),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function unpack(tarball: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", into, "--strip-components=1"]);
}

async function link(name: string, folder: string): Promise<void> {
  const [from, to] = [join(root, "node_modules", name), join(folder, "node_modules", name)];
  // An optional one is made for another machine.
  if (existsSync(to) || !existsSync(from)) return;
  await mkdir(dirname(to), { recursive: true });
  await symlink(from, to, "junction");
}

async function node(args: readonly string[], { cwd, env = {} }: NodeRun): Promise<Ended> {
  const ended = run(process.execPath, [...args], {
    cwd,
    env: { ...plainEnv, ...env },
  });
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, said: `${stdout}${stderr}` }),
    ({ code, stdout, stderr }) => ({ code, said: `${stdout}${stderr}` }),
  );
}
