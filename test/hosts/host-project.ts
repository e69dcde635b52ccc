import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, expect } from "vitest";
import { ownCluster } from "../harness/own-cluster.ts";
import { root } from "../sdk-package/packed-sdk.ts";
import { packPackages, plainEnv } from "./packed-packages.ts";

const run = promisify(execFile);

/** A project of a host, outside of the repository, with the packed packages in it. */
export interface HostProject {
  readonly folder: string;
  /** Runs something in it to its end, and gives what it prints. */
  run(file: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>;
  /** Starts a program of `programs/` in it, or one that is elsewhere. */
  start(program: string, env?: NodeJS.ProcessEnv): HostProcess;
  remove(): Promise<void>;
}

/** A host that runs. */
export interface HostProcess {
  /** The next line that it prints; what follows where it ends first is its standard error. */
  line(): Promise<string>;
  /** Closes what it reads. */
  closeInput(): void;
  /** Tells how it ended by itself. */
  ended(): Promise<{ code: number | null }>;
  /** Asks it to end, and tells how it did, and in how many ms. */
  stop(): Promise<{ code: number | null; tookMs: number; err: string }>;
  /** Ends it, where it still runs. */
  kill(): Promise<void>;
}

/** Makes a host's project with the packages that it names, and ours as `npm pack` makes them. */
export async function hostProject(...packages: readonly string[]): Promise<HostProject> {
  const folder = await mkdtemp(join(tmpdir(), "selvedge-host-"));
  const tarballs = (await packPackages(folder)).map(({ filename }) => `./${filename}`);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  const options = ["--prefer-offline", "--no-package-lock", "--omit=optional", "--loglevel=error"];
  await run("npm", ["install", ...options, ...packages, ...tarballs], {
    cwd: folder,
    env: plainEnv,
  });
  await cp(join(root, "test/hosts/programs"), folder, { recursive: true });
  return {
    folder,
    run: async (file, args, env = {}) => {
      const { stdout } = await run(file, args, { cwd: folder, env: { ...plainEnv, ...env } });
      return stdout.trim();
    },
    start: (program, env = {}) => hostProcess(folder, program, env),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A port of this machine that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function hostProcess(folder: string, program: string, env: NodeJS.ProcessEnv): HostProcess {
  const child = spawn(process.execPath, [program], { cwd: folder, env: { ...plainEnv, ...env } });
  const ended = once(child, "exit");
  const complaints = text(child.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    line: async () => {
      const { value, done } = await lines.next();
      return done ? `ended: ${await complaints}` : value;
    },
    ended: async () => {
      const [code] = await ended;
      return { code };
    },
    closeInput: () => child.stdin.end(),
    stop: async () => {
      const began = performance.now();
      child.kill("SIGTERM");
      const [code] = await ended;
      return { code, tookMs: performance.now() - began, err: await complaints };
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A PostgreSQL with a database for whoever wants one. */
export async function hostDatabases() {
  const cluster = await ownCluster();
  return {
    /** The address of a database that is there, or is not there yet. */
    urlOf: (name: string) => Object.assign(new URL(cluster.url), { pathname: `/${name}` }).href,
    create: (name: string) => cluster.query(`create database ${name}`),
    /** The names under which programs are connected to a database. */
    connectedTo: async (name: string): Promise<string[]> => {
      const rows = await cluster.query<{ name: string }>(
        `select distinct application_name as name from pg_stat_activity where datname = $1`,
        [name],
      );
      return rows.map((row) => row.name).sort();
    },
    /** Asks a database. */
    query: async <Row extends pg.QueryResultRow>(name: string, text: string): Promise<Row[]> => {
      const url = Object.assign(new URL(cluster.url), { pathname: `/${name}` });
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      try {
        return (await client.query<Row>(text)).rows;
      } finally {
        await client.end();
      }
    },
    drop: () => cluster.drop(),
  };
}

/** Where hosts are played: a project with everything that they need, and their databases. */
export interface HostStage {
  readonly databases: HostDatabases;
  /** Starts a program of `programs/`; it is ended with the stage at the latest. */
  start(program: string, env?: NodeJS.ProcessEnv): HostProcess;
  /** Runs something in the project to its end, and gives what it prints. */
  run: HostProject["run"];
}

/** A PostgreSQL for hosts. */
export type HostDatabases = Awaited<ReturnType<typeof hostDatabases>>;

/** Makes a stage for the tests of the file that asks for it. */
export function hostStage(...packages: readonly string[]): HostStage {
  let project: HostProject | undefined;
  let databases: HostDatabases | undefined;
  const hosts: HostProcess[] = [];
  beforeAll(async () => {
    [project, databases] = await Promise.all([hostProject(...packages), hostDatabases()]);
  }, 240_000);
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.kill()));
    await databases?.drop();
    await project?.remove();
  });
  const made = <T>(one: T | undefined): T => one ?? expect.unreachable("the stage is not set");
  return {
    get databases() {
      return made(databases);
    },
    start: (program, env) => {
      const host = made(project).start(program, env);
      hosts.push(host);
      return host;
    },
    run: (...asked) => made(project).run(...asked),
  };
}
