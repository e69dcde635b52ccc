/*
 * A workflow with the nodes of `n8n-nodes-selvedge`, run by n8n's own engine: its loader finds them
 * in the package, and its contexts call them. What an installed n8n has besides, a database, an
 * editor and a queue, is not here; credentials are what the program is told.
 *
 * SELVEDGE_URL=... node n8n-engine.cjs: prints what came of it, a line of JSON each
 */
const {
  ExecutionLifecycleHooks,
  LoadOptionsContext,
  PackageDirectoryLoader,
  TriggerContext,
  TriggersAndPollers,
  WorkflowExecute,
} = require("n8n-core");
const { Workflow } = require("n8n-workflow");
const { Container } = require("@n8n/di");
const { dirname } = require("node:path");

const baseUrl = process.env.SELVEDGE_URL;
const run = "run-1";
const say = (what, told) => console.log(JSON.stringify({ what, ...told }));

const begin = {
  description: {
    ...{ name: "begin", displayName: "Begin", group: ["trigger"], version: 1 },
    ...{ inputs: [], outputs: ["main"], properties: [], defaults: { name: "Begin" } },
  },
  async execute() {
    return [this.getInputData()];
  },
};

function nodeOf(name, type, parameters) {
  const credentials = type === "begin" ? {} : { selvedgeApi: { id: "1", name: "Selvedge" } };
  const place = { typeVersion: 1, position: [0, 0] };
  return { id: `id-${name}`, name, type, ...place, parameters, credentials };
}

const credentialsHelper = {
  getDecrypted: async () => ({ baseUrl, apiKey: "" }),
  isCredentialUsableByNode: () => true,
  getParentTypes: () => [],
};

async function main() {
  const folder = dirname(require.resolve("n8n-nodes-selvedge/package.json"));
  const loader = new PackageDirectoryLoader(folder);
  await loader.loadAll();
  say("loaded", { known: loader.known });

  const getByNameAndVersion = (name) =>
    name === "begin" ? begin : loader.getNode(name.split(".").pop()).type;
  const nodeTypes = { getByNameAndVersion, getByName: getByNameAndVersion };
  const workflowOf = (id, nodes) => {
    const follow = nodes.slice(1).map(({ name: node }, i) => {
      return [nodes[i].name, { main: [[{ node, type: "main", index: 0 }]] }];
    });
    const connections = Object.fromEntries(follow);
    const data = { id, name: id, nodes, connections, active: false, settings: {} };
    return { data, workflow: new Workflow({ ...data, nodeTypes }) };
  };
  const nobody = "http://127.0.0.1:9/";
  const urls = ["restApi", "instanceBase", "webhookBase", "webhookWaitingBase", "webhookTestBase"];
  const additional = (data) => ({
    ...Object.fromEntries(urls.map((name) => [`${name}Url`, nobody])),
    ...{ formWaitingBaseUrl: nobody, executionId: run, credentialsHelper, variables: {} },
    hooks: new ExecutionLifecycleHooks("manual", run, data),
    ...{ currentNodeParameters: {}, setExecutionStatus() {} },
  });

  const action = "n8n-nodes-selvedge.selvedge";
  const command = (name, input) => ({ kind: "command", command: name, input, commandId: "" });
  const first = nodeOf("Begin", "begin", {});
  const { data, workflow } = workflowOf("sells", [
    first,
    nodeOf("Register", action, command("catalogue.registerVariant", '{"sku":"N8N-TEE"}')),
    nodeOf(
      "Stock",
      action,
      command(
        "stock.addBatch",
        '={{ JSON.stringify({ ref: "N/1", sku: $json.data.sku, qty: 5 }) }}',
      ),
    ),
    nodeOf("Ask", action, {
      ...{ kind: "query", query: "stock.sellableAvailability", input: '{"sku":"N8N-TEE"}' },
      freshness: { atLeast: "={{ $json.receipt }}", onMiss: "wait" },
    }),
  ]);
  const execution = new WorkflowExecute(additional(data), "manual");
  const { resultData } = (await execution.run({ workflow, startNode: first })).data;
  for (const [node, [ran]] of Object.entries(resultData.runData)) {
    const items = ran.data?.main?.[0]?.map(({ json }) => json);
    say("ran", { node, status: ran.executionStatus, items, error: ran.error?.message });
  }

  const choosing = new LoadOptionsContext(
    ...[workflow, workflow.getNode("Register"), additional(data), ""],
  );
  const { getCommands } = loader.getNode("selvedge").type.methods.loadOptions;
  say("choices", { names: (await getCommands.call(choosing)).map(({ name }) => name) });

  const types = { types: "VariantRegistered", begin: "now" };
  const listens = workflowOf("listens", [
    nodeOf("Trigger", "n8n-nodes-selvedge.selvedgeTrigger", types),
  ]);
  const trigger = listens.workflow.getNode("Trigger");
  const told = (emitted, _, ended) => {
    for (const { json } of emitted[0]) say("told", { type: json.type, id: json.id });
    ended.resolve();
  };
  const failed = (error) => say("failed", { message: error.message });
  const { closeFunction } = await Container.get(TriggersAndPollers).runTriggerFunction(
    ...[listens.workflow, trigger],
    (...of) => new TriggerContext(...of, told, failed),
    ...[additional(listens.data), "trigger", "activate"],
  );
  say("listening", {});
  process.stdin.resume().once("end", async () => {
    await closeFunction();
    say("closed", { kept: listens.workflow.getStaticData("node", trigger) });
    process.exit(0);
  });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
