import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { EmbeddedPostgresError, systemCode } from "./embedded-postgres-error.ts";
import { mayUse, type RunAs } from "./run-as.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The installed package that carries PostgreSQL for this platform. */
export interface PlatformPackage {
  /** The package's folder; the programs are in `native/bin` below it. */
  readonly root: string;
  readonly version: string;
  readonly name: string;
}

/** The two programs the launcher runs. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const ownDatabase = "Set DATABASE_URL to a PostgreSQL of yours";
const linuxLoaders: Readonly<Record<string, string>> = {
  x64: "/lib64/ld-linux-x86-64.so.2",
  arm64: "/lib/ld-linux-aarch64.so.1",
};

/** Finds the platform's PostgreSQL package the way Node finds any package. */
export function findPlatformPackage(
  platform: string = process.platform,
  arch: string = process.arch,
): PlatformPackage {
  if (platform === "win32") {
    throw new EmbeddedPostgresError(
      "UNSUPPORTED",
      `The embedded PostgreSQL does not run on Windows. ${ownDatabase}, or use WSL.`,
    );
  }
  const name = `@embedded-postgres/${platform}-${arch}`;
  // Its exports name only the index, so neither package.json nor the programs resolve by name.
  const root = dirname(dirname(resolveIndex(name)));
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const loader = platform === "linux" ? linuxLoaders[arch] : undefined;
  if (loader !== undefined && !existsSync(loader)) {
    throw new EmbeddedPostgresError(
      "NO_BINARY",
      `The embedded PostgreSQL needs glibc, which this system does not have (no ${loader}). ` +
        `${ownDatabase}.`,
    );
  }
  return { root, version: manifest.version, name };
}

function resolveIndex(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new EmbeddedPostgresError(
      "NO_BINARY",
      `There is no embedded PostgreSQL for this machine: the package ${name} is not installed. ` +
        `${ownDatabase}, or install again without leaving out optional dependencies.`,
      error,
    );
  }
}

/**
 * Programs that are complete and that the user can run: the installed ones, or else a copy in the
 * temporary folder, made once per version.
 */
export function prepareBinaries(from: PlatformPackage, user: RunAs | null): Binaries {
  const native = join(from.root, "native");
  const installed = binariesBelow(native);
  const data = join(native, "share", "postgresql", "postgres.bki");
  const reachable = user === null || mayUse(user, installed.postgres, data);
  if (reachable && linkLibraries(from.root, from.root)) return installed;

  const uid = process.geteuid?.() ?? 0;
  const copy = temporaryFolder(`selvedge-${basename(from.name)}-${from.version}-by-${uid}`, user);
  copyMissing(native, join(copy, "native"));
  linkLibraries(from.root, copy);
  return binariesBelow(join(copy, "native"));
}

function binariesBelow(native: string): Binaries {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/** Makes the library links a blocked install script left out; false where that is not allowed. */
function linkLibraries(packageRoot: string, targetRoot: string): boolean {
  const list = join(packageRoot, "native", "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const link = join(targetRoot, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if (systemCode(error) !== "EEXIST") return false;
    }
  }
  return true;
}

/** Copies file by file, so that a copy which lost files to a cleaner is completed again. */
function copyMissing(from: string, to: string): void {
  if (mkdirSync(to, { recursive: true }) !== undefined) chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyMissing(source, target);
    if (!entry.isFile() || entry.name.endsWith(".a")) continue;
    const wanted = statSync(source);
    if (statSync(target, { throwIfNoEntry: false })?.size === wanted.size) continue;
    const partial = `${target}.partial-${process.pid}`;
    copyFileSync(source, partial);
    chmodSync(partial, (wanted.mode & 0o100) !== 0 ? 0o755 : 0o644);
    renameSync(partial, target);
  }
}
