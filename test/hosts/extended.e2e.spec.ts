import { spawn } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cellsOf, openAdminPage } from "../browser/admin-page.ts";
import { launchChromium } from "../browser/chromium.ts";
import type { TestDatabase } from "../harness/database.ts";
import { ownCluster } from "../harness/own-cluster.ts";
import { answering, type ServerProcess } from "../harness/processes.ts";
import { root } from "../sdk-package/packed-sdk.ts";
import { type PackedHost, packedHost } from "./packed-host.ts";

/* A host that extends Selvedge, as it is with the packed packages and nothing of the repository. */

let host: PackedHost;
let cluster: TestDatabase;
beforeAll(async () => {
  host = await packedHost("examples/hosts/extended");
  await cp(join(root, "test/hosts/programs"), host.folder, { recursive: true });
  const inRepository = "../../../examples/hosts/extended/";
  await edit(join(host.folder, "repair.ts"), (text) => text.replace(inRepository, "./"));
  cluster = await ownCluster();
}, 240_000);
afterAll(async () => {
  await cluster?.drop();
  await host?.remove();
});

const selvedge = (args: readonly string[], cwd = host.folder) =>
  host.node([host.cli, ...args], { cwd, env: { DATABASE_URL: cluster.url } });
const generated = ["application", "sdk"].map((name) => `src/${name}.gen.ts`);
const pages = ["docs/reference.md", "docs/state-machines.md"];

/** A copy of the host's own files, below it, so that it finds the same packages. */
async function copyOf(name: string): Promise<string> {
  const copy = join(host.folder, name);
  for (const part of ["src", "docs", "migrations", "package.json", "tsconfig.json"]) {
    await cp(join(host.folder, part), join(copy, part), { recursive: true });
  }
  return copy;
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, "utf8");
  expect(change(text)).not.toBe(text);
  await writeFile(file, change(text));
}

describe("the generator", () => {
  test("finds nothing stale in the example, and writes the same again", async () => {
    expect(await selvedge(["generate", "--check"])).toEqual({ code: 0, said: "" });
    const copy = await copyOf("anew");
    const files = [...generated, ...pages];
    for (const file of files) await rm(join(copy, file));
    expect((await selvedge(["generate"], copy)).code).toBe(0);
    for (const file of files) {
      const [now, was] = [join(copy, file), join(host.folder, file)];
      expect(await readFile(now, "utf8"), file).toBe(await readFile(was, "utf8"));
    }
  });

  test("says after an edit what is stale", async () => {
    const copy = await copyOf("edited");
    const command = join(copy, "src/modules/repairs/commands/send-to-repair/command.ts");
    await edit(command, (text) => text.replace("seamstress: keyText()", "$&, days: count()"));
    await edit(command, (text) => text.replace("{ command,", "{ command, count,"));
    await edit(command, (text) => text.replace('seamstress: "Amira",', "$& days: 3,"));
    const { code, said } = await selvedge(["generate", "--check"], copy);
    expect(said.match(/^\S+(?= is stale)/gm)).toEqual(["src/sdk.gen.ts", "docs/reference.md"]);
    expect(code).toBe(1);
  });

  test.each([
    [
      "a module's",
      "repairs",
      "orders",
      'The module "orders" needs another name: Selvedge has one.',
    ],
    [
      "a command's",
      "repairs/commands/finish-repair",
      "repairs/commands/place-order",
      'The procedure "placeOrder" needs another name: Selvedge has one.',
    ],
  ])("says that %s name is taken", async (_, from, to, words) => {
    const copy = await copyOf(`taken-${to.split("/").at(-1)}`);
    const [was, now] = [from, to].map((name) => join(copy, "src/modules", name));
    await cp(was as string, now as string, { recursive: true });
    await rm(was as string, { recursive: true });
    if (to === "orders") {
      const refusals = join(now as string, "refusals.ts");
      await edit(refusals, (text) => text.replace("const repairs", "const orders"));
      await edit(refusals, (text) => `${text}export const repairsRefusals = ordersRefusals;\n`);
    } else {
      await edit(join(now as string, "command.ts"), (text) =>
        text.replace("const finishRepair", "const placeOrder"),
      );
    }
    expect(await selvedge(["generate"], copy)).toEqual({ code: 1, said: `selvedge: ${words}\n` });
  });
});

test("the host type-checks against the packed types, programs of its partners too", async () => {
  const tsc = join(host.folder, "node_modules/typescript/bin/tsc");
  expect(await host.node([tsc, "-p", host.folder])).toEqual({ code: 0, said: "" });
});

test("the database lacks the host's parts until it is migrated", async () => {
  const lacking = await selvedge(["migrate", "--check"]);
  expect(lacking.said).toMatch(/^Missing: 0001-write-side,.*, 0001-repair-jobs, .*repair_board$/m);
  expect(lacking.code).toBe(1);
  expect((await selvedge(["migrate"])).said).toMatch(/^Applied: .*, 0001-repair-jobs, /m);
  expect(await selvedge(["migrate", "--check"])).toEqual({
    code: 0,
    said: "The database is up to date.\n",
  });
});

test("the host's own specs pass", async () => {
  await cluster.query("create database specs");
  const url = new URL(cluster.url);
  url.pathname = "/specs";
  const specs = ["--test", "--test-reporter=tap", "src/**/*.spec.ts"];
  const { code, said } = await host.node(specs, { env: { DATABASE_URL: url.href } });
  expect({ code, counts: said.match(/^# (pass|fail|skipped) \d+$/gm) }, said).toEqual({
    code: 0,
    counts: ["# pass 6", "# fail 0", "# skipped 0"],
  });
});

describe("served", () => {
  let server: ServerProcess;
  let client: Selvedge;
  beforeAll(async () => {
    const args = [host.cli, "serve", "--no-migrate", "--port", "0"];
    const env = { ...process.env, DATABASE_URL: cluster.url };
    const stdio = ["ignore", "pipe", "pipe"] as const;
    server = await answering(
      spawn(process.execPath, args, { cwd: host.folder, env, stdio: [...stdio] }),
    );
    client = new Selvedge({ baseUrl: server.baseUrl });
  });
  afterAll(() => server?.stop());

  const linesOf = async (program: string) => {
    const env = { SELVEDGE_URL: server.baseUrl };
    const { code, said } = await host.node([program], { env });
    expect(code, said).toBe(0);
    return said.trim().split("\n");
  };
  const told = async (program: string) =>
    (await linesOf(program)).map((line): Record<string, unknown> => JSON.parse(line));

  test("a partner sees their own repairs, refusals, bulks, pages and events", async () => {
    const sewn = { lpn: "L-1", status: "done", result: "hem sewn" };
    const all = await told("repair.ts");
    const rows = all.filter((one) => "lpn" in one);
    expect(all.filter((one) => !("lpn" in one))).toEqual([
      { sent: [["out", "rework"]] },
      { included: true, receipt: expect.stringMatching(/^r1\./) },
      { refused: "garment-status-forbids" },
      { finished: { lpn: "L-1" } },
      { bulk: "repairs.sendToRepair", outcome: "applied" },
      { bulk: "repairs.finishRepair", outcome: "refused" },
      { type: "RepairSent", at: "string" },
      { type: "RepairFinished", at: "string" },
      { notices: [] },
    ]);
    expect(rows).toContainEqual(sewn);
    expect(rows).toContainEqual({ lpn: "L-2", status: "out", result: null });
  });

  test("a partner with Selvedge's own SDK is served as everywhere, and told of nothing", async () => {
    expect(await told("plain.ts")).toEqual([
      // Nobody tells them that their SDK is for another server.
      { status: "allocated", notices: [], odd: "BAD_INPUT", hint: null },
    ]);
  });

  test("over REST it is where the OpenAPI document says", async () => {
    const path = "/v1/queries/repairs/repairBoard";
    const { paths } = (await (await fetch(`${server.baseUrl}/openapi.json`)).json()) as {
      paths: object;
    };
    expect(Object.keys(paths)).toContain(path);
    const answer = await fetch(`${server.baseUrl}${path}?status=done`);
    expect(await answer.json()).toMatchObject({ data: { rows: [{ lpn: "L-1", sku: "TEE" }] } });
  });

  test("the lag of the host's read model is told, beside that of the others", async () => {
    const { readModels } = await client.operations.lag();
    expect(readModels).toHaveLength(14);
    expect(readModels.find(({ name }) => name === "repairBoard")).toMatchObject({
      ...{ group: "repairs", maintain: "byKey", promiseMs: 1_000, pending: 0 },
    });
  });

  test("it is verified and rebuilt like the others", async () => {
    const of = { readModel: "repairBoard" };
    const asked = { ...of, reason: "a look" };
    await client.operations.verify(asked);
    const verified = async () => {
      const { verifications } = await client.operations.verifications(of);
      // Beside what was asked for, which looks at every row, a sample is looked at each hour.
      const whole = verifications.filter(({ sample }) => sample === null);
      return whole.map(({ rowsChecked, keys, error }) => ({ rowsChecked, keys, error }));
    };
    const right = { rowsChecked: 2, keys: [], error: null };
    await expect.poll(verified, { timeout: 20_000 }).toEqual([right]);
    const generations = async () => (await client.operations.generations(of)).generations;
    const [before] = await generations();
    await client.operations.rebuild(asked);
    const others = async () =>
      (await generations()).map(({ id, state }) => [id === before?.id, state]);
    await expect.poll(others, { timeout: 20_000 }).toEqual([[false, "current"]]);
  });

  test("the tutorial's program prints what the tutorial says", async () => {
    expect(await linesOf("try-repairs.ts")).toEqual([
      expect.stringMatching(/^rework \d+ ms behind$/),
      "garment-status-forbids",
      "done",
    ]);
  });

  test("the admin page shows it", async () => {
    const browser = await launchChromium();
    try {
      const { page, complaints } = await openAdminPage(browser, `${server.baseUrl}/admin/`);
      await page.getByText(/^All 14 read models fresh, /).waitFor();
      expect(await cellsOf(page, "repairBoard")).toMatchObject({ Promise: "1 s", Pending: "0" });
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
