import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownCluster } from "../../harness/own-cluster.ts";
import { startSelvedge, type TestSelvedge } from "../../harness/selvedge.ts";
import { type HostProcess, type HostProject, hostProject } from "../host-project.ts";
import { plainEnv } from "../packed-packages.ts";

/*
 * The package of examples/hosts/n8n, packed as it would be published, in n8n's own engine: its
 * loader, its workflows, its triggers. n8n itself, with editor and database, is not started.
 */

const asked = process.env.SELVEDGE_N8N === "1";
const engine = "2.41.1";
const run = promisify(execFile);
const nodes = fileURLToPath(new URL("../../../examples/hosts/n8n", import.meta.url));

describe.runIf(asked)("a workflow of n8n (own job: npm run test:n8n)", () => {
  let project: HostProject;
  let it: TestSelvedge;
  let n8n: HostProcess;
  const said = new Map<string, Record<string, unknown>[]>();

  /** Reads what the program says until it has said this. */
  async function until(what: string): Promise<void> {
    for (;;) {
      const line = await n8n.line();
      if (!line.startsWith("{")) {
        // Its engine has words of its own.
        if (line.startsWith("ended: ")) throw new Error(line);
        continue;
      }
      const { what: of, ...told } = JSON.parse(line);
      said.set(of, [...(said.get(of) ?? []), told]);
      if (of === what) return;
    }
  }

  beforeAll(async () => {
    project = await hostProject(`n8n-core@${engine}`);
    await run(process.execPath, ["build.ts"], { cwd: nodes, env: plainEnv });
    const packed = ["pack", "--silent", "--ignore-scripts", "--pack-destination", project.folder];
    const { stdout } = await run("npm", packed, { cwd: nodes, env: plainEnv });
    const tarball = join(project.folder, stdout.trim());
    await project.run("npm", ["install", "--no-package-lock", "--loglevel=error", tarball]);
    const identity = { tenant: "default", partner: "n8n", actor: "n8n", scopes: ["*"] };
    it = await startSelvedge({ authenticate: () => identity }, await ownCluster());
    n8n = project.start("n8n-engine.cjs", {
      ...{ SELVEDGE_URL: it.baseUrl, N8N_USER_FOLDER: project.folder },
      N8N_ENCRYPTION_KEY: "of-a-test",
    });
    await until("listening");
  }, 600_000);
  afterAll(async () => {
    await n8n?.kill();
    await it?.stop();
    await it?.database.drop();
    await project?.remove();
  });

  test("its loader finds both nodes and their credentials", () => {
    expect(said.get("loaded")).toMatchObject([
      {
        known: {
          nodes: {
            selvedge: { className: "Selvedge" },
            selvedgeTrigger: { className: "SelvedgeTrigger" },
          },
          credentials: {
            selvedgeApi: { supportedNodes: ["selvedge", "selvedgeTrigger"] },
          },
        },
      },
    ]);
  });

  test("a query that is given an earlier command's receipt shows its write", () => {
    expect(said.get("ran")).toMatchObject([
      { node: "Begin", status: "success" },
      { node: "Register", status: "success", items: [{ data: { sku: "N8N-TEE" } }] },
      { node: "Stock", status: "success", items: [{ data: { ref: "N/1" }, repeated: false }] },
      {
        ...{ node: "Ask", status: "success" },
        items: [
          {
            data: { rows: [{ sku: "N8N-TEE", onHand: 5, available: 5 }] },
            freshness: { includesReceipt: true },
          },
        ],
      },
    ]);
  });

  test("there is to choose what the server has", () => {
    const [{ names } = {}] = said.get("choices") ?? [];
    expect(names).toContain("orders.placeOrder");
  });

  test("a trigger tells of what happens, in order, and keeps its place", async () => {
    const client = new Selvedge({ baseUrl: it.baseUrl });
    for (const sku of ["T-1", "T-2"]) await client.catalogue.registerVariant({ sku });
    await until("told");
    await until("told");
    n8n.closeInput();
    await until("closed");
    expect(said.get("told")).toEqual(
      ["T-1", "T-2"].map((id) => ({ type: "VariantRegistered", id })),
    );
    const [{ kept } = {}] = said.get("closed") ?? [];
    expect(kept).toEqual({ position: expect.stringMatching(/^p1\./) });
    expect(said.has("failed")).toBe(false);
  });
});
