import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../sdk-package/packed-sdk.ts";
import { freePort } from "../host-project.ts";
import { packExample, packPackages, plainEnv } from "../packed-packages.ts";

const run = promisify(execFile);
const example = join(root, "examples/hosts/medusa");
const plugin = "examples/hosts/medusa-plugin";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The project of examples/hosts/medusa as a shop has it: Medusa from npm, and our packages as they
 * would be published, the plugin among them, whose sources are in `.plugin`. Medusa is kept for the
 * next run, as it takes minutes.
 */
export async function installProject(): Promise<string> {
  const manifest: Manifest = JSON.parse(await readFile(join(example, "package.json"), "utf8"));
  const version = manifest.dependencies["@medusajs/medusa"];
  // Outside of the repository, whose own packages it must not find, and each checkout's own.
  const checkout = createHash("sha256").update(root).digest("hex").slice(0, 8);
  const folder = join(tmpdir(), `selvedge-medusa-${version}-${checkout}`);
  await mkdir(join(folder, "packages"), { recursive: true });
  const ours = await packInto(join(folder, "packages"));
  const dependencies = { ...manifest.dependencies, ...ours };
  const wanted = JSON.stringify({ ...manifest, dependencies }, null, 2);
  const kept = await readFile(join(folder, "package.json"), "utf8").catch(() => "");
  if (wanted !== kept) {
    // Of what is in work there is no package.json: what breaks off is begun again.
    await rm(join(folder, "package.json"), { force: true });
    await writeFile(join(folder, "wanted.json"), wanted);
    await run("sh", ["-c", "cp wanted.json package.json && npm install --no-audit --no-fund"], {
      cwd: folder,
      env: plainEnv,
    }).catch(async (error) => {
      await rm(join(folder, "package.json"), { force: true });
      throw error;
    });
  }
  for (const name of ["src", ".env", ".medusa", ".plugin"]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  await cp(join(example, "src"), join(folder, "src"), { recursive: true });
  for (const name of ["medusa-config.ts", "tsconfig.json"]) {
    await copyFile(join(example, name), join(folder, name));
  }
  await cp(join(root, plugin, "src"), join(folder, ".plugin/src"), { recursive: true });
  await copyFile(join(root, plugin, "tsconfig.json"), join(folder, ".plugin/tsconfig.json"));
  // It stands for Medusa's own types, where those are not.
  await rm(join(folder, ".plugin/src/medusa.d.ts"));
  return folder;
}

/** Packs our packages, each under the name of what is in it, and answers them as dependencies. */
async function packInto(folder: string): Promise<Record<string, string>> {
  const packed: Record<string, string> = {};
  const all = [...(await packPackages(folder)), ...(await packExample(plugin, folder))];
  for (const { name, filename, shasum } of all) {
    const kept = `${basename(name)}-${shasum.slice(0, 12)}.tgz`;
    await rename(join(folder, filename), join(folder, kept));
    packed[name] = `file:./packages/${kept}`;
  }
  const files = await readdir(folder);
  const stale = files.filter((file) => !Object.values(packed).some((of) => of.endsWith(file)));
  for (const file of stale) await rm(join(folder, file));
  return packed;
}

/** What Medusa's command line needs beside its arguments. */
export interface Shop {
  readonly folder: string;
  readonly databaseUrl: string;
}

/** How a run of Medusa's command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** A Medusa that serves. */
export interface MedusaProcess {
  readonly baseUrl: string;
  /** All that it has said so far. */
  said(): string;
  /** Asks it to end, and answers how it did. */
  stop(): Promise<Ended>;
}

const running = new Set<ChildProcess>();

function spawnMedusa({ folder, databaseUrl }: Shop, args: readonly string[]) {
  const cli = join(folder, "node_modules/@medusajs/cli/cli.js");
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: {
      ...{ ...plainEnv, NODE_ENV: "development", MEDUSA_DISABLE_TELEMETRY: "true" },
      ...{ DATABASE_URL: databaseUrl, JWT_SECRET: "jwt of a test", COOKIE_SECRET: "of a test" },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const ended = once(child, "close").then(([code]): Ended => {
    running.delete(child);
    return { code, said };
  });
  return { child, ended, said: () => said };
}

/** Runs Medusa's command line to its end. */
export function runMedusa(shop: Shop, ...args: readonly string[]): Promise<Ended> {
  return spawnMedusa(shop, args).ended;
}

/** Starts Medusa and waits until it answers. */
export async function startMedusa(shop: Shop): Promise<MedusaProcess> {
  const port = await freePort();
  const args = ["start", "--host", "127.0.0.1", "--port", String(port)];
  const { child, ended, said } = spawnMedusa(shop, args);
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", () => said().includes("Server is ready on port") && resolve());
    void ended.then(() => reject(new Error(`Medusa did not start:\n${said()}`)));
  });
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    said,
    stop: async () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** Ends whatever a test has left behind. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
