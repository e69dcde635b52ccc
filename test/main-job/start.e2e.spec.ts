import { join } from "node:path";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli, startSmallDay, temporaryFolder } from "../harness/processes.ts";

let dataDir: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  const made = await temporaryFolder();
  dataDir = join(made.folder, "postgres");
  remove = made.remove;
});
afterAll(() => remove());

const start = () =>
  runCli("start", "--once", "--sample", "small", "--port", "0", "--data-dir", dataDir);

const commandsBefore = 150;

test("the first start begins to play the generated day, and is killed", async () => {
  const server = await startSmallDay(dataDir);
  expect(server.said[0]).toBe(`A new embedded PostgreSQL keeps its data in ${dataDir}`);
  const { journal } = new Selvedge({ baseUrl: server.baseUrl });
  const played = async () => (await journal.commandLog({ limit: commandsBefore })).data.rows.length;
  await expect.poll(played, { timeout: 60_000 }).toBe(commandsBefore);
  await server.kill();
});

test("the second start finds its data, goes on, and tells of the whole day", async () => {
  const { code, out, err } = await start();
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(`Found the data of an earlier start in ${dataDir}`);
  expect(out).toMatch(/a generated day .*invented data/i);
  const [, applied = "", repeated = ""] = /: (\d+) applied, (\d+) repeated/.exec(out) ?? [];
  expect(Number(applied)).toBeGreaterThan(100);
  expect(Number(repeated)).toBeGreaterThanOrEqual(commandsBefore);
  const parts = ["Dock", "Grading", "Shelves", "Orders", "Stock", "Picking", "Parcels", "Returns"];
  const told = [...out.matchAll(/^ {2}([A-Z]\w+) +\S/gm)].map(([, part]) => part);
  expect(told).toEqual([...parts, "Refused", "Now"]);
  expect(out).toMatch(/^ {2}Now .*[1-9]\d* open inbounds?, .*[1-9]\d* parcels? waiting/m);
  for (const name of ["sellableAvailability", "pickList", "gradingBoard", "packAndShipQueue"]) {
    expect(out).toContain(name);
  }
  expect(out).toMatch(/Admin page {2}http:\/\/127\.0\.0\.1:\d+\/admin\//);
  expect(out).toMatch(/API {9}http:\/\/127\.0\.0\.1:\d+\/trpc\//);
});

test("the third start says that the day is over, and what is left to do", async () => {
  const { code, out, err } = await start();
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/The generated day \(\S+\) was played before\./);
  expect(out).toMatch(/^ {2}Now .*[1-9]\d* picks? left in 1 wave/m);
});
