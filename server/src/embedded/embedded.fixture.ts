import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { afterAll, beforeAll, onTestFinished, type TestContext } from "vitest";
import { findPlatformPackage, type PlatformPackage } from "./binaries.ts";
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from "./postgres.ts";
import { startFrom } from "./postgres.ts";
import { isRoot, mayUse, type RunAs, serviceUser } from "./run-as.ts";

/** What a holder prints: the facts of a start, or why it failed. */
export type HolderLine = Partial<Omit<EmbeddedPostgres, "stop">> & {
  code?: string;
  message?: string;
  interrupted?: boolean;
};

/** A child process that holds an embedded PostgreSQL. */
export interface Holder {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  /** The next line it prints. */
  next(): Promise<HolderLine>;
}

const fast = { fsync: "off", shared_buffers: "16MB" };

/** A folder every user can enter, which goes away with the test; also the temporary folder. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "selvedge-embedded-test-"));
  chmodSync(folder, 0o755);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/**
 * Makes one cluster for a test file and gives each test a copy of it, where the first start is not
 * what the test is about: a copy takes a tenth of the time.
 */
export function seedCluster(): (dataDir: string) => string {
  let seed = "";
  beforeAll(async () => {
    seed = mkdtempSync(join(tmpdir(), "selvedge-embedded-seed-"));
    chmodSync(seed, 0o755);
    const options = { dataDir: join(seed, "postgres"), settings: fast };
    const started = await startFrom(findPlatformPackage(), options);
    await started.stop();
  }, 60_000);
  afterAll(() => rmSync(seed, { recursive: true, force: true }));
  return (dataDir) => {
    execFileSync("cp", ["-Rp", join(seed, "postgres"), dataDir]);
    return dataDir;
  };
}

/** Starts PostgreSQL in this process, without waiting for disks; it stops with the test. */
export async function startForTest(
  options: EmbeddedPostgresOptions,
  platform: PlatformPackage = findPlatformPackage(),
): Promise<EmbeddedPostgres> {
  const settings = { ...fast, ...options.settings };
  const started = await startFrom(platform, { ...options, settings });
  onTestFinished(() => started.stop());
  return started;
}

/** Starts a holder, in a process group of its own as a terminal would. */
export function holdPostgres(
  dataDir: string,
  how: { user?: RunAs; platform?: PlatformPackage; forget?: boolean } = {},
): Holder {
  const platform = how.platform ?? findPlatformPackage();
  const request = { platform, options: { dataDir, settings: fast }, forget: how.forget };
  const script = fileURLToPath(new URL("./postgres-holder.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(request)], {
    ...how.user,
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin?.on("error", () => {}); // It may be killed.
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const printed = lines[Symbol.asyncIterator]();
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => resolve(code));
  });
  onTestFinished(async () => {
    child.stdin?.end();
    await exited;
  });
  return {
    child,
    exited,
    next: async () => {
      const line = await printed.next();
      return line.done ? { code: "ENDED" } : JSON.parse(line.value);
    },
  };
}

/** Runs one statement over a connection of its own and gives its rows. */
export async function sql<Row>(url: string | undefined, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Copies the platform package, as an install whose scripts were blocked leaves it: no links. */
export function unlinkedPackage(folder: string): PlatformPackage {
  const installed = findPlatformPackage();
  const root = join(folder, "package");
  const manifest = join(installed.root, "native", "pg-symlinks.json");
  const links: { target: string }[] = createRequire(import.meta.url)(manifest);
  const left = new Set(links.map(({ target }) => join(installed.root, target)));
  cpSync(installed.root, root, {
    recursive: true,
    filter: (path) => !left.has(path) && !path.endsWith(".a"),
  });
  return { ...installed, root };
}

/** The user for a plain-user case: `nobody`-like when we are root, ourselves when we are not. */
export function plainUser({ skip }: TestContext): RunAs | undefined {
  if (!isRoot()) return undefined;
  const user = serviceUser();
  const script = fileURLToPath(import.meta.url);
  const able = mayUse(user, process.execPath) && mayUse(user, dirname(script));
  skip(!able, "the repository is in a folder that only root can enter");
  return user;
}

/** Skips a case that only root can set up. */
export function needsRoot({ skip }: TestContext): void {
  skip(!isRoot(), "needs root, to make a folder that PostgreSQL's user cannot enter");
}
