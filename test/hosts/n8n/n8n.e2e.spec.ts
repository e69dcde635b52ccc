import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Selvedge } from "@selvedge/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SelvedgeOptions } from "../../../server/src/selvedge.ts";
import { ownCluster } from "../../harness/own-cluster.ts";
import { startSelvedge, type TestSelvedge } from "../../harness/selvedge.ts";
import { type HostProcess, type HostProject, hostProject } from "../host-project.ts";
import { packExample } from "../packed-packages.ts";
import { Editor, type Execution, installN8n, itemsOf, startN8n } from "./n8n.ts";

/*
 * The package of examples/hosts/n8n in a whole n8n, as its README says: packed, and installed
 * beside the SDK in n8n's own folder. Installing n8n takes minutes and 2.5 GB, so it is a job of
 * its own; one n8n serves all of it.
 */

const asked = process.env.SELVEDGE_N8N === "1";
const minutes = 60_000;
const soon = { timeout: 60_000 };
const apiKey = "of-n8n";
const identity = { tenant: "default", partner: "n8n", actor: "n8n", scopes: ["*"] };

const begin = { name: "Begin", type: "n8n-nodes-base.manualTrigger" };
const action = "n8n-nodes-selvedge.selvedge";
const trigger = {
  ...{ name: "Trigger", type: "n8n-nodes-selvedge.selvedgeTrigger" },
  parameters: { types: "VariantRegistered", begin: "now" },
};
const command = (name: string, of: string, input: string) => {
  return { name, type: action, parameters: { kind: "command", command: of, input } };
};

describe.runIf(asked)("a whole n8n (own job: npm run test:n8n)", () => {
  let lacking = "";
  let project: HostProject;
  let it: TestSelvedge;
  let client: Selvedge;
  let n8n: HostProcess;
  let editor: Editor;

  /** Runs a workflow by hand, to its end. */
  async function ranByHand(...of: Parameters<Editor["run"]>): Promise<Execution> {
    const id = await editor.run(...of);
    const status = async () => (await editor.execution(id)).status;
    await expect.poll(status, soon).not.toMatch(/new|running/);
    return editor.execution(id);
  }
  const register = (sku: string) => client.catalogue.registerVariant({ sku });

  beforeAll(async () => {
    const installed = await installN8n();
    if ("lacking" in installed) {
      lacking = installed.lacking;
      return;
    }
    project = await hostProject();
    await packExample("examples/hosts/n8n", project.folder);
    const own = join(project.folder, ".n8n/nodes");
    await mkdir(own, { recursive: true });
    const tarballs = (await readdir(project.folder))
      .filter((name) => /^(n8n-nodes-selvedge|selvedge-sdk)-.+\.tgz$/.test(name))
      .map((name) => join(project.folder, name));
    await project.run("npm", ["install", "--prefix", own, "--loglevel=error", ...tarballs]);
    const cluster = await ownCluster();
    const options: Partial<SelvedgeOptions> = {
      authenticate: ({ headers }) =>
        headers.authorization === `Bearer ${apiKey}` ? identity : undefined,
    };
    it = await startSelvedge(options, cluster);
    client = new Selvedge({ baseUrl: it.baseUrl, apiKey });
    await cluster.query("create database n8n");
    const databaseUrl = Object.assign(new URL(cluster.url), { pathname: "/n8n" }).href;
    const started = await startN8n(project, installed.program, databaseUrl);
    n8n = started.process;
    editor = new Editor(started.baseUrl);
    await editor.setUp();
    await editor.keep("selvedgeApi", { baseUrl: it.baseUrl, apiKey });
  }, 25 * minutes);
  beforeEach((context) => context.skip(lacking !== "", lacking));
  afterAll(async () => {
    await n8n?.stop();
    await it?.stop();
    await it?.database.drop();
    await project?.remove();
  });

  test("has both nodes with their picture, and the action as a tool of agents", async () => {
    const answer = await editor.fetch("/types/nodes.json");
    const all = (await answer.json()) as { name: string; iconUrl: string }[];
    const ours = all.filter(({ name }) => name.startsWith("n8n-nodes-selvedge."));
    const iconUrl = "icons/n8n-nodes-selvedge/dist/selvedge.svg";
    expect(ours).toMatchObject([
      { name: "n8n-nodes-selvedge.selvedge", iconUrl },
      { name: "n8n-nodes-selvedge.selvedgeTrigger", iconUrl },
      { name: "n8n-nodes-selvedge.selvedgeTool", iconUrl },
    ]);
    expect(await (await editor.fetch(`/${iconUrl}`)).text()).toContain("<title>Selvedge</title>");
  });

  test("tells whether credentials are good", async () => {
    const good = await editor.try("selvedgeApi", { baseUrl: it.baseUrl, apiKey });
    const bad = await editor.try("selvedgeApi", { baseUrl: it.baseUrl, apiKey: "another" });
    expect([good, bad]).toMatchObject([{ status: "OK" }, { status: "Error" }]);
  });

  test("offers what the server has", async () => {
    const commands = await editor.choices(action, "command", "getCommands");
    expect(commands.map(({ value }) => value)).toContain("orders.placeOrder");
    const queries = await editor.choices(action, "query", "getQueries");
    expect(queries.map(({ value }) => value)).toContain("orders.orderBoard");
  });

  test("shows an earlier command's write to a query that is given its receipt", async () => {
    const batch = '={{ JSON.stringify({ ref: "N/1", sku: $json.data.sku, qty: 5 }) }}';
    const parameters = {
      ...{ kind: "query", query: "stock.sellableAvailability", input: '{"sku":"N8N-TEE"}' },
      freshness: { atLeast: "={{ $json.receipt }}", onMiss: "wait" },
    };
    const execution = await ranByHand("sells", [
      begin,
      command("Register", "catalogue.registerVariant", '{"sku":"N8N-TEE"}'),
      command("Stock", "stock.addBatch", batch),
      { name: "Ask", type: action, parameters },
    ]);
    expect(execution.status, JSON.stringify(execution)).toBe("success");
    expect(itemsOf(execution, "Register")).toMatchObject([{ data: { sku: "N8N-TEE" } }]);
    expect(itemsOf(execution, "Stock")).toMatchObject([{ data: { ref: "N/1" }, repeated: false }]);
    expect(itemsOf(execution, "Ask")).toMatchObject([
      {
        data: { rows: [{ sku: "N8N-TEE", onHand: 5, available: 5 }] },
        freshness: { includesReceipt: true },
      },
    ]);
  });

  test("ends with a refusal, or goes on with it as an item", async () => {
    const refused = command("Stock", "stock.addBatch", '{"ref":"N/2","sku":"NONE","qty":1}');
    const ended = await ranByHand("ends", [begin, refused]);
    expect(ended).toMatchObject({
      status: "error",
      data: { resultData: { error: { code: "REFUSED", reason: "variant-unknown" } } },
    });
    const after = { name: "After", type: "n8n-nodes-base.noOp" };
    const onError = "continueRegularOutput";
    const wentOn = await ranByHand("goes on", [begin, { ...refused, onError }, after]);
    expect(wentOn.status).toBe("success");
    expect(itemsOf(wentOn, "After")).toMatchObject([
      { code: "REFUSED", reason: "variant-unknown", details: { skus: ["NONE"] } },
    ]);
  });

  test("shows the next event to who tries the trigger by hand", async () => {
    const id = await editor.run("by hand", [trigger]);
    // Whatever is registered before it listens is none of its business, so there are several.
    for (let n = 1; (await editor.execution(id)).status !== "success"; n += 1) {
      await register(`HAND-${n}`);
    }
    const shown = itemsOf(await editor.execution(id), "Trigger");
    expect(shown).toMatchObject([
      { type: "VariantRegistered", id: expect.stringMatching(/^HAND-\d+$/) },
    ]);
  });

  test("runs a workflow with each event, in order, and with those from while it was off", async () => {
    const after = { name: "After", type: "n8n-nodes-base.noOp" };
    const workflow = await editor.save("listens", [trigger, after]);
    const kept = async () => (await editor.workflow(workflow)).staticData?.["node:Trigger"];
    const ran = async () => {
      const executions = await editor.executions(workflow);
      return executions.map((one) => {
        const [event] = (itemsOf(one, "After") ?? []) as { id?: string }[];
        return `${event?.id}: ${one.status}`;
      });
    };
    const skus = (of: string, count: number) =>
      Array.from({ length: count }, (_, i) => `${of}-${i + 1}`);
    const all = [...skus("ON", 10), ...skus("OFF", 2), ...skus("AGAIN", 1)];
    const success = (of: readonly string[]) => of.map((sku) => `${sku}: success`);

    await editor.switchOn(workflow);
    // It listens when it has kept where it begins.
    await expect.poll(kept, soon).toEqual({ position: expect.stringMatching(/^p1\./) });
    for (const sku of skus("ON", 10)) await register(sku);
    await expect.poll(ran, soon).toEqual(success(skus("ON", 10)));
    const { data } = await client.journal.events({ types: ["VariantRegistered"], limit: 500 });
    await expect.poll(kept, soon).toEqual({ position: data.events.at(-1)?.position });

    await editor.switchOff(workflow);
    for (const sku of skus("OFF", 2)) await register(sku);
    await editor.switchOn(workflow);
    await register("AGAIN-1");
    await expect.poll(ran, soon).toEqual(success(all));
  });
});
