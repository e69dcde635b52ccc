import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

// Who has shown no sign of life for this long holds nothing any more.
const silentMsMax = 30_000;
const signOfLifeMs = 5_000;

/** How a claim is waited for. */
export interface ClaimOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest pause between two looks whether it is free. */
  readonly pauseMsMax: number;
}

/**
 * Does work that one process alone may do at a time, of all that name the same folder. Each first
 * lays a claim there, a file of its own, and then looks: who sees no other's holds it, and who does
 * takes the claim back and tries later. Of two that came at once, each sees the other. A claim is
 * void when its process is gone, so whoever is killed holds nobody up.
 */
export async function holding<T>(
  folder: string,
  { signal, pauseMsMax }: ClaimOptions,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const claim = await acquire(folder, pauseMsMax, signal);
  const alive = setInterval(
    () => void utimes(claim, new Date(), new Date()).catch(() => {}),
    signOfLifeMs,
  );
  alive.unref();
  try {
    return await work();
  } finally {
    clearInterval(alive);
    await rm(claim, { force: true });
  }
}

async function acquire(
  folder: string,
  pauseMsMax: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  for (;;) {
    signal?.throwIfAborted();
    const name = `${process.pid}.${randomUUID()}.${encodeURIComponent(hostname())}`;
    const claim = join(folder, name);
    await writeFile(claim, "", { flag: "wx" });
    if (!(await isClaimedByOthers(folder, name))) return claim;
    await rm(claim, { force: true });
    await setTimeout(Math.random() * pauseMsMax, undefined, signal ? { signal } : {}).catch(
      () => {},
    );
  }
}

async function isClaimedByOthers(folder: string, own: string): Promise<boolean> {
  const others = (await readdir(folder)).filter((name) => name !== own);
  for (const name of others) {
    if (await isAlive(join(folder, name), name)) return true;
    await rm(join(folder, name), { force: true });
  }
  return false;
}

async function isAlive(claim: string, name: string): Promise<boolean> {
  const [pid = "", , host = ""] = name.split(".");
  const laid = await stat(claim).catch(() => undefined);
  if (!laid || Date.now() - laid.mtimeMs > silentMsMax) return false;
  // A process of another machine, over a shared folder, can only be believed.
  return decodeURIComponent(host) !== hostname() || isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 asks only.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
