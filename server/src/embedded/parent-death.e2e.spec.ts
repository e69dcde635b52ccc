import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { clusterPaths, unfinishedPrefix } from "./data-folder.ts";
import { holdPostgres, seedCluster, sql, startForTest, testFolder } from "./embedded.fixture.ts";
import { isAlive, isPostmasterOf } from "./postmaster-file.ts";
import { isRoot, serviceUser } from "./run-as.ts";

const seeded = seedCluster();
const throughProc = "finds the supervisor through /proc, which only Linux has";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("when the process that started it ends", { timeout: 60_000 }, () => {
  test("by SIGKILL, PostgreSQL stops and the next start has the data", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    const holder = holdPostgres(dataDir);
    const { url, pid } = await holder.next();
    await sql(url, "create table kept as select 1 as one");
    holder.child.kill("SIGKILL");
    await holder.exited;

    await expect.poll(() => isAlive(Number(pid)), { timeout: 10_000 }).toBe(false);
    const next = await startForTest({ dataDir });
    expect(next.fresh).toBe(false);
    expect(await sql(next.url, "select * from kept")).toEqual([{ one: 1 }]);
  });

  test("by SIGKILL, a start in the middle of that shutdown waits for it", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    const holder = holdPostgres(dataDir);
    const pid = Number((await holder.next()).pid);
    process.kill(pid, "SIGSTOP"); // Its shutdown takes as long as we want.
    holder.child.kill("SIGKILL");
    await holder.exited;

    const signals = vi.spyOn(process, "kill");
    const starting = startForTest({ dataDir });
    await expect.poll(() => signals.mock.calls).toContainEqual([pid, "SIGINT"]);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGCONT");
    const next = await starting;
    expect(isAlive(pid)).toBe(false);
    expect(await sql(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("without having stopped it, both are gone", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    const holder = holdPostgres(dataDir, { forget: true });
    const { pid } = await holder.next();
    expect(pid).toBeGreaterThan(0);
    expect(await holder.exited).toBe(0);
    await expect.poll(() => isAlive(Number(pid)), { timeout: 10_000 }).toBe(false);
  });

  test("in good order, it has stopped PostgreSQL and nothing holds it up", async () => {
    const holder = holdPostgres(seeded(join(testFolder(), "postgres")));
    const { pid } = await holder.next();
    holder.child.stdin?.end();
    expect(await holder.exited).toBe(0);
    expect(isAlive(Number(pid))).toBe(false);
  });

  test("together with all of PostgreSQL, the next start recovers the data", async ({ skip }) => {
    skip(process.platform !== "linux", throughProc);
    const dataDir = seeded(join(testFolder(), "postgres"));
    const holder = holdPostgres(dataDir);
    const { url, pid } = await holder.next();
    await sql(url, "create table kept as select 1 as one");
    const supervisor = parentOf(Number(pid));
    holder.child.kill("SIGKILL");
    process.kill(-supervisor, "SIGKILL");
    await holder.exited;
    expect(existsSync(join(clusterPaths(dataDir).data, "postmaster.pid"))).toBe(true);

    const next = await startForTest({ dataDir });
    expect(await sql(next.url, "select * from kept")).toEqual([{ one: 1 }]);
  });

  test("together with its supervisor, the next start takes over", async ({ skip }) => {
    skip(process.platform !== "linux", throughProc);
    const dataDir = seeded(join(testFolder(), "postgres"));
    const holder = holdPostgres(dataDir);
    const { pid } = await holder.next();
    const supervisor = parentOf(Number(pid));
    const helpers = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, "utf8")
      .trim()
      .split(" ")
      .map(Number)
      .filter((child) => child !== pid);
    expect(helpers).toHaveLength(1);
    for (const helper of [supervisor, ...helpers]) process.kill(helper, "SIGKILL");
    holder.child.kill("SIGKILL");
    await holder.exited;
    expect(isAlive(Number(pid))).toBe(true);

    const next = await startForTest({ dataDir });
    expect(isPostmasterOf(Number(pid), clusterPaths(dataDir).data)).toBe(false);
    expect(await sql(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("in the middle of making the data, the next start makes it anew", async () => {
    const dataDir = join(testFolder(), "postgres");
    const unfinished = () =>
      existsSync(dataDir)
        ? readdirSync(dataDir).filter((name) => name.startsWith(unfinishedPrefix))
        : [];
    const holder = holdPostgres(dataDir);
    const half = () => unfinished().some((name) => existsSync(join(dataDir, name, "data/base/1")));
    await expect.poll(half, { interval: 5, timeout: 20_000 }).toBe(true);
    holder.child.kill("SIGKILL");
    await holder.exited;
    expect(readdirSync(dataDir)).toEqual(unfinished());

    const next = await startForTest({ dataDir });
    expect(next.fresh).toBe(true);
    expect(await sql(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
    await next.stop();
    expect((await startForTest({ dataDir })).fresh).toBe(false);
  });
});

describe("a PostgreSQL in a session of its own", { timeout: 60_000 }, () => {
  test("does not get the Ctrl-C that its starter gets", async () => {
    const holder = holdPostgres(seeded(join(testFolder(), "postgres")));
    const { url } = await holder.next();
    process.kill(-Number(holder.child.pid), "SIGINT");
    expect(await holder.next()).toEqual({ interrupted: true });
    expect(await sql(url, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe("a left-over postmaster.pid", { timeout: 60_000 }, () => {
  test("does not stand in the way when its id belongs to another process by now", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    const first = await startForTest({ dataDir });
    const file = join(clusterPaths(dataDir).data, "postmaster.pid");
    const content = readFileSync(file, "utf8");
    await first.stop();
    const user = isRoot() ? serviceUser() : {};
    const bystander = spawn("/bin/sleep", ["60"], { ...user, cwd: "/", stdio: "ignore" });
    onTestFinished(() => void bystander.kill());
    writeFileSync(file, content.replace(/^\d+/, String(bystander.pid)));

    const next = await startForTest({ dataDir });
    expect(next.pid).not.toBe(bystander.pid);
    expect(await sql(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(isAlive(Number(bystander.pid))).toBe(true);
  });
});

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1]);
}
