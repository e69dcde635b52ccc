import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { root } from "./packed-sdk.ts";

const run = promisify(execFile);

/** The releases of Node that partners run. */
export const releases = ["20", "22", "24"] as const;

/** A release of Node. */
export type Release = (typeof releases)[number];

/**
 * The Node of each release that is on this machine: the one that runs the tests, and those of the
 * path. With SELVEDGE_SDK_MATRIX=all the others come from npm, some 50 MB each, once.
 */
export async function findNodes(): Promise<ReadonlyMap<Release, string>> {
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "node"));
  const nodes = new Map<Release, string>();
  for (const node of new Set([
    process.execPath,
    ...onPath,
    "/usr/bin/node",
    "/usr/local/bin/node",
  ])) {
    const release = existsSync(node) ? await releaseOf(node) : undefined;
    if (release && !nodes.has(release)) nodes.set(release, node);
  }
  if (process.env.SELVEDGE_SDK_MATRIX !== "all") return nodes;
  for (const release of releases) {
    if (!nodes.has(release)) nodes.set(release, await nodeOfNpm(release));
  }
  return nodes;
}

async function releaseOf(node: string): Promise<Release | undefined> {
  const { stdout } = await run(node, ["--version"]).catch(() => ({ stdout: "" }));
  const [, major] = /^v(\d+)\./.exec(stdout) ?? [];
  return releases.find((release) => release === major);
}

async function nodeOfNpm(release: Release): Promise<string> {
  const folder = join(root, `node_modules/.cache/selvedge/node-${release}`);
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(folder, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  await mkdir(folder, { recursive: true });
  await run("npm", ["install", "--no-audit", "--prefix", folder, `${name}@${release}`]);
  return node;
}
