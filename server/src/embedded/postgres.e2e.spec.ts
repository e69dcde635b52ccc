import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { holdPostgres, seedCluster, sql, startForTest, testFolder } from "./embedded.fixture.ts";
import { isAlive } from "./postmaster-file.ts";

const seeded = seedCluster();

describe("an embedded PostgreSQL", { timeout: 60_000 }, () => {
  test("makes its data on the first start and keeps it for the next", async () => {
    const dataDir = join(testFolder(), "new", "postgres");
    const first = await startForTest({ dataDir });
    expect(first).toMatchObject({ fresh: true, host: "127.0.0.1", dataDir });
    await sql(first.url, "create table kept as select 41 + 1 as answer");
    await first.stop();

    const second = await startForTest({ dataDir });
    expect(second).toMatchObject({ fresh: false, dataDir });
    expect(await sql(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });

  test("is set up for our work, with the caller's wishes on top", async () => {
    const started = await startForTest({
      dataDir: seeded(join(testFolder(), "postgres")),
      settings: { work_mem: "12MB", listen_addresses: "*" },
    });
    const [found] = await sql(
      started.url,
      `select current_user as role, current_database() as database, datlocprovider as provider,
         datlocale as locale, pg_encoding_to_char(encoding) as encoding,
         current_setting('data_checksums') as checksums, current_setting('work_mem') as work_mem,
         current_setting('fsync') as fsync, current_setting('jit') as jit,
         current_setting('timezone') as timezone,
         current_setting('client_connection_check_interval') as check_interval,
         current_setting('autovacuum_naptime') as naptime,
         current_setting('listen_addresses') as addresses,
         current_setting('unix_socket_directories') as sockets
       from pg_database where datname = current_database()`,
    );
    expect(found).toEqual({
      role: "selvedge",
      database: "selvedge",
      provider: "b",
      locale: "C.UTF-8",
      encoding: "UTF8",
      checksums: "on",
      work_mem: "12MB",
      fsync: "off",
      jit: "off",
      timezone: "UTC",
      check_interval: "1s",
      naptime: "5s",
      addresses: "127.0.0.1",
      sockets: "",
    });
  });

  test("asks for the password", async () => {
    const started = await startForTest({ dataDir: seeded(join(testFolder(), "postgres")) });
    const url = new URL(started.url);
    url.password = "wrong";
    await expect(sql(url.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("is gone when stop returns, however often it is called", async () => {
    const started = await startForTest({ dataDir: seeded(join(testFolder(), "postgres")) });
    expect(isAlive(started.pid)).toBe(true);
    await Promise.all([started.stop(), started.stop()]);
    expect(isAlive(started.pid)).toBe(false);
    await started.stop();
    await expect(sql(started.url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("stops under a client that is at work", async () => {
    const started = await startForTest({ dataDir: seeded(join(testFolder(), "postgres")) });
    const working = sql(started.url, "select pg_sleep(60)").catch((error) => error.code);
    const probe = "select 1 from pg_stat_activity where query = 'select pg_sleep(60)'";
    await expect.poll(() => sql(started.url, probe)).toHaveLength(1);
    await started.stop();
    expect(await working).toBe("57P01");
  });

  test("refuses data that a running one works on, and names its pid", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    const first = await startForTest({ dataDir });
    await expect(startForTest({ dataDir })).rejects.toMatchObject({
      code: "IN_USE",
      message: expect.stringContaining(`pid ${first.pid}, started by process ${process.pid}`),
    });
    const other = holdPostgres(dataDir);
    expect(await other.next()).toMatchObject({ code: "IN_USE" });
    expect(await sql(first.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("of two first starts at once, one runs and the other is told so", async () => {
    const dataDir = join(testFolder(), "postgres");
    const starts = await Promise.allSettled([startForTest({ dataDir }), startForTest({ dataDir })]);
    const refused = starts.filter((start) => start.status === "rejected");
    expect(refused.map((start) => start.reason.code)).toEqual(["IN_USE"]);
    const running = starts.flatMap((start) => (start.status === "fulfilled" ? start.value : []));
    expect(await sql(running[0]?.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("tells the last lines of a start that failed, and can be started right after", async () => {
    const dataDir = seeded(join(testFolder(), "postgres"));
    await expect(startForTest({ dataDir, settings: { work_mem: "much" } })).rejects.toMatchObject({
      code: "START_FAILED",
      message: expect.stringContaining('invalid value for parameter "work_mem": "much"'),
    });
    const started = await startForTest({ dataDir });
    expect(started.fresh).toBe(false);
  });

  test("insists on a port it was given, and says when that is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const dataDir = seeded(join(testFolder(), "postgres"));
    await expect(startForTest({ dataDir, port })).rejects.toMatchObject({
      code: "START_FAILED",
      message: expect.stringContaining(`could not bind IPv4 address "127.0.0.1"`),
    });
    await new Promise((resolve) => taken.close(resolve));
    expect(await startForTest({ dataDir, port })).toMatchObject({ port });
  });
});
