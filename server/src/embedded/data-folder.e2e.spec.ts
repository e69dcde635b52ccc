import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { clusterPaths, defaultDataDir } from "./data-folder.ts";
import {
  holdPostgres,
  needsRoot,
  plainUser,
  seedCluster,
  sql,
  startForTest,
  testFolder,
  unlinkedPackage,
} from "./embedded.fixture.ts";
import { isRoot, serviceUser } from "./run-as.ts";

const seeded = seedCluster();

describe("the data folder", { timeout: 60_000 }, () => {
  test("is kept from others, password and data alike", async () => {
    const dataDir = join(testFolder(), "postgres");
    const started = await startForTest({ dataDir });
    const { data, password } = clusterPaths(dataDir);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(statSync(password).mode & 0o777).toBe(0o600);
    expect(statSync(data).uid).toBe(isRoot() ? serviceUser().uid : process.getuid?.());
    expect(readFileSync(password, "utf8").trim()).toBe(new URL(started.url).password);
  });

  test("is left alone when it holds files of others", async () => {
    const dataDir = join(testFolder(), "photos");
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "holiday.jpg"), "sea");
    await expect(startForTest({ dataDir })).rejects.toMatchObject({
      code: "NOT_EMPTY",
      message: expect.stringContaining("holiday.jpg"),
    });
    expect(readdirSync(dataDir)).toEqual(["holiday.jpg"]);
    expect(readFileSync(join(dataDir, "holiday.jpg"), "utf8")).toBe("sea");
  });

  test("cannot take the place of a file", async () => {
    const dataDir = join(testFolder(), "postgres");
    writeFileSync(dataDir, "a file");
    await expect(startForTest({ dataDir })).rejects.toMatchObject({ code: "NOT_EMPTY" });
    expect(readFileSync(dataDir, "utf8")).toBe("a file");
  });

  test("may be there and empty, even closed to others, and may have an odd name", async () => {
    const dataDir = join(testFolder(), 'it\'s a "folder" with $HOME ü');
    mkdirSync(dataDir, { mode: 0o700 });
    const started = await startForTest({ dataDir });
    expect(started).toMatchObject({ fresh: true, dataDir });
    await started.stop();
    expect(await startForTest({ dataDir })).toMatchObject({ fresh: false, dataDir });
  });

  test("of another major version is refused in words", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    await (await startForTest({ dataDir })).stop();
    writeFileSync(join(clusterPaths(dataDir).data, "PG_VERSION"), "15\n");
    await expect(startForTest({ dataDir })).rejects.toMatchObject({
      code: "WRONG_VERSION",
      message: expect.stringMatching(/written by PostgreSQL 15, and this is PostgreSQL 18/),
    });
  });

  test("that lost its password, or got another one, is refused in words", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    await (await startForTest({ dataDir })).stop();
    const { password } = clusterPaths(dataDir);
    writeFileSync(password, "another\n");
    await expect(startForTest({ dataDir })).rejects.toMatchObject({ code: "DAMAGED" });
    rmSync(password);
    await expect(startForTest({ dataDir })).rejects.toMatchObject({
      code: "DAMAGED",
      message: expect.stringContaining(password),
    });
  });
});

describe("a plain user", { timeout: 60_000 }, () => {
  test("starts it in the default folder and owns the data", async (context) => {
    const user = plainUser(context);
    const project = join(testFolder(), "project");
    mkdirSync(project);
    if (user !== undefined) chownSync(project, user.uid, user.gid);
    const dataDir = defaultDataDir(project);
    const first = holdPostgres(dataDir, user === undefined ? {} : { user });
    const { url, ...facts } = await first.next();
    expect(facts).toMatchObject({ fresh: true, dataDir });
    expect(statSync(clusterPaths(dataDir).data).uid).toBe(user?.uid ?? process.getuid?.());
    await sql(url, "create table kept as select 1 as one");
    first.child.stdin?.end();
    expect(await first.exited).toBe(0);

    // The same folder in the hands of whoever runs the tests, root included.
    const second = await startForTest({ dataDir });
    expect(await sql(second.url, "select * from kept")).toEqual([{ one: 1 }]);
  });

  test("is told when the folder cannot be made", async (context) => {
    needsRoot(context);
    const user = plainUser(context);
    const holder = holdPostgres(join(testFolder(), "postgres"), user === undefined ? {} : { user });
    expect(await holder.next()).toMatchObject({
      code: "NO_ACCESS",
      message: expect.stringContaining("SELVEDGE_DATA_DIR"),
    });
  });

  test("works from a package whose missing links cannot be made in place", async (context) => {
    needsRoot(context);
    const user = plainUser(context);
    const folder = testFolder();
    chmodSync(folder, 0o1777);
    const platform = unlinkedPackage(folder);
    const home = join(folder, "home");
    mkdirSync(home);
    if (user !== undefined) chownSync(home, user.uid, user.gid);
    const how = user === undefined ? { platform } : { platform, user };
    const holder = holdPostgres(defaultDataDir(home), how);
    const { url } = await holder.next();
    expect(await sql(url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(existsSync(join(platform.root, "native/lib/libpq.so.5"))).toBe(false);
  });
});

describe("below a folder that only root can enter", { timeout: 60_000 }, () => {
  test("programs and data are put where PostgreSQL can get at them", async (context) => {
    needsRoot(context);
    const folder = testFolder();
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const platform = unlinkedPackage(closed);
    const wanted = defaultDataDir(closed);
    const said: string[] = [];
    const onLog = (line: string) => said.push(line);

    const first = await startForTest({ dataDir: wanted, onLog }, platform);
    expect(first.dataDir).toMatch(new RegExp(`^${folder}/selvedge-postgres-data-[0-9a-f]{16}$`));
    expect(said[0]).toContain(`the data is kept in ${first.dataDir}`);
    expect(existsSync(wanted)).toBe(false);
    expect(first.fresh).toBe(true);
    await sql(first.url, "create table kept as select 1 as one");
    await first.stop();

    // A cleaner of the temporary folder may have taken a part of the copy.
    const copies = readdirSync(folder).filter((name) => name.includes(platform.version));
    expect(copies).toHaveLength(1);
    const copied = join(folder, String(copies[0]), "native/share/postgresql/postgres.bki");
    rmSync(copied);
    const second = await startForTest({ dataDir: wanted }, platform);
    expect(existsSync(copied)).toBe(true);
    expect(second).toMatchObject({ fresh: false, dataDir: first.dataDir });
    expect(await sql(second.url, "select * from kept")).toEqual([{ one: 1 }]);
  });

  test("a temporary folder prepared by someone else is not used", async (context) => {
    needsRoot(context);
    const folder = testFolder();
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const started = await startForTest({ dataDir: defaultDataDir(closed) });
    await started.stop();
    const stranger = serviceUser();
    chownSync(started.dataDir, stranger.uid, stranger.gid);
    await expect(startForTest({ dataDir: defaultDataDir(closed) })).rejects.toMatchObject({
      code: "NO_ACCESS",
      message: expect.stringContaining(started.dataDir),
    });
  });
});
