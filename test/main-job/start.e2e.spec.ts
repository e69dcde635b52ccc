import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli, temporaryFolder } from "../harness/processes.ts";

let dataDir: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  const made = await temporaryFolder();
  dataDir = join(made.folder, "postgres");
  remove = made.remove;
});
afterAll(() => remove());

const start = () => runCli("start", "--once", "--port", "0", "--data-dir", dataDir);

test("the first start plays the generated day and ends with the table of read models", async () => {
  const { code, out, err } = await start();
  expect([code, err.replace(/^.*\d+ commands, \d+\/s\n/gm, "")]).toEqual([0, ""]);
  expect(out).toContain(`A new embedded PostgreSQL keeps its data in ${dataDir}`);
  expect(out).toMatch(/a generated day .*invented data/i);
  const [, applied = ""] = /: ([\d,]+) applied, 0 repeated/.exec(out) ?? [];
  expect(Number(applied.replace(",", ""))).toBeGreaterThan(2_000);
  for (const name of ["sellableAvailability", "allocations", "orderBoard", "throughput"]) {
    expect(out).toContain(name);
  }
  expect(out).toMatch(/Admin page {2}http:\/\/127\.0\.0\.1:\d+\/admin\//);
  expect(out).toMatch(/API {9}http:\/\/127\.0\.0\.1:\d+\/trpc\//);
});

test("the second start finds its data, says so, and plays nothing twice", async () => {
  const { code, out, err } = await start();
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(`Found the data of an earlier start in ${dataDir}`);
  expect(out).toMatch(/The database holds [\d,]+ orders; the generated day was played before\./);
});
