import { join } from "node:path";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  runCli,
  type ServerProcess,
  startServerProcess,
  temporaryFolder,
} from "../../../test/harness/processes.ts";

/* `selvedge projections` as a person on call types it, against a server of its own. */

let server: ServerProcess;
let remove: () => Promise<void>;
beforeAll(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  server = await startServerProcess(join(made.folder, "postgres"));
});
afterAll(async () => {
  await server?.stop();
  await remove?.();
});

const projections = (...args: string[]) => runCli("projections", ...args, "--url", server.baseUrl);
const because = ["--reason", "a spec says so"];

test("list shows every read model, and is content while each keeps its promise", async () => {
  const { code, out, err } = await projections("list");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^All 13 read models fresh, oldest data \d/);
  for (const name of ["throughput", "orderBoard", "allocations", "sellableAvailability"]) {
    expect(out).toContain(name);
  }
});

test("a paused group is told by list, until it is resumed", async () => {
  expect((await projections("pause", "fulfilment", ...because)).out).toBe(
    "fulfilment is paused.\n",
  );
  const paused = await projections("list");
  expect([paused.code, paused.out.split("\n")[0]]).toEqual([
    2,
    "Paused: fulfilment (a spec says so).",
  ]);
  await projections("resume", "fulfilment", ...because);
  expect((await projections("list")).code).toBe(0);
});

test("drop refuses what the server declares, and removes what it does not", async () => {
  const refused = await projections("drop", "orderBoard", ...because);
  expect([refused.code, refused.err]).toEqual([1, "selvedge: This server declares order_board.\n"]);
  expect((await projections("drop", "oldBoard", ...because)).code).toBe(1);
});

test("pending lists the keys that wait while their group is paused", async () => {
  await projections("pause", "fulfilment", ...because);
  const client = new Selvedge({ baseUrl: server.baseUrl, consistency: "none" });
  for (const sku of ["TEE", "CAP"]) {
    await client.catalogue.registerVariant({ sku });
    await client.stock.addBatch({ ref: sku, sku, qty: 1 });
  }
  const { code, out } = await projections("pending", "sellableAvailability", "--limit", "1");
  expect([code, out.split(",")[0]]).toEqual([
    0,
    "2 changes of 2 keys pending for sellableAvailability",
  ]);
  expect(out).toMatch(/default +│ main +│ TEE/);
  expect(out).toContain("... and 1 more key;");
  await projections("resume", "fulfilment", ...because);
  const settled = async () => (await projections("pending", "sellableAvailability")).out;
  await expect
    .poll(settled, { timeout: 30_000 })
    .toBe("Nothing is pending for sellableAvailability.\n");
});

test("costs says what was counted of every read model", async () => {
  const counted = async () => (await projections("costs", "--window", "1h")).out;
  await expect.poll(counted, { timeout: 30_000 }).toMatch(/sellableAvailability +│ +\d/);
  const { readModels } = JSON.parse((await projections("costs", "--json")).out);
  expect(readModels.length).toBe(13);
});

test("verify compares and says what it found, and status remembers", async () => {
  const verified = await projections("verify", "orderBoard", ...because);
  expect([verified.code, verified.out]).toEqual([
    0,
    "0 rows compared: 0 missing, 0 too many, 0 different.\n",
  ]);
  const { out } = await projections("status", "orderBoard");
  expect(out).toMatch(/current/);
  expect(out).toContain("0 rows compared");
});

test("rebuild builds beside, and status shows the new generation", async () => {
  const before = JSON.parse((await projections("status", "orderBoard", "--json")).out);
  expect((await projections("rebuild", "orderBoard", ...because)).code).toBe(0);
  const current = async () => {
    const { generations } = JSON.parse((await projections("status", "orderBoard", "--json")).out);
    return generations.find(({ state }: { state: string }) => state === "current")?.id;
  };
  await expect.poll(current, { timeout: 30_000 }).toBeGreaterThan(before.generations[0].id);
});

test.each([
  [["pending", "nothing"], /There is no read model nothing/],
  [["pending", "orderBoard", "--limit", "501"], /a whole number from 1 to 500/],
  [["costs", "--window", "2h"], /Allowed choices are 1h, 24h, 7d, 30d/],
  [["status", "nothing"], "selvedge: there is no read model nothing with rows\n"],
  [["return", "orderBoard", ...because], /There is no way back/],
  [["pause", "nothing", ...because], /There is no group nothing/],
  [["pause", "fulfilment"], /required option '--reason <text>'/],
  [["verify", "orderBoard", ...because, "--sample", "0"], /a whole number from 1 to 100000/],
])("%j is one line of what is wrong, and exit code 1", async (args, words) => {
  const { code, out, err } = await projections(...args);
  expect([code, out]).toEqual([1, ""]);
  if (typeof words === "string") expect(err).toBe(words);
  else expect(err).toMatch(words);
});
