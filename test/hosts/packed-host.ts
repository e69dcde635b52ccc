import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packSdk, root } from "../sdk-package/packed-sdk.ts";

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

const packages = ["server", "migrations", "admin-ui"];

/**
 * Copies an example and installs what it depends on: Selvedge's packages from their tarballs, and
 * of others those that manifests name, as they stand in the repository. Whatever a package uses
 * without naming it is not there.
 */
export async function packedHost(example: string): Promise<PackedHost> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-host-"));
  await cp(join(root, example), folder, { recursive: true });
  const turbo = join(root, "node_modules/.bin/turbo");
  const filters = packages.map((name) => `--filter=@selvedge/${name}`);
  const env = { ...process.env, DO_NOT_TRACK: "1" };
  await run(turbo, ["run", "build", ...filters, "--output-logs=errors-only"], { cwd: root, env });
  const tarballs = join(folder, "tarballs");
  await mkdir(tarballs);
  await unpack(await packSdk(), "sdk", folder);
  for (const name of packages) await unpack(await pack(name, tarballs), name, folder);

  const own = packages.map((name) => `node_modules/@selvedge/${name}`);
  for (const path of ["", ...own]) {
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

async function pack(name: string, into: string): Promise<string> {
  const args = ["pack", "--json", "--loglevel=error", "--pack-destination", into];
  const { stdout } = await run("npm", args, { cwd: join(root, name) });
  return join(into, JSON.parse(stdout)[0].filename);
}

async function unpack(tarball: string, name: string, folder: string): Promise<void> {
  const into = join(folder, "node_modules/@selvedge", name);
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
    // What the repository's own processes are told is not for a host.
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ...env },
  });
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, said: `${stdout}${stderr}` }),
    ({ code, stdout, stderr }) => ({ code, said: `${stdout}${stderr}` }),
  );
}
