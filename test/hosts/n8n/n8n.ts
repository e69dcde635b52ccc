import { execFile } from "node:child_process";
import { access, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, type HostProcess, type HostProject } from "../host-project.ts";
import { plainEnv } from "../packed-packages.ts";

const run = promisify(execFile);
// The newest of which all parts are on npm.
const version = "2.41.1";

/**
 * Installs n8n, to be kept for the next run, and answers its program; or npm's words, where the
 * registry lacks a part of it. Its parts' own scripts fetch from elsewhere what is not needed here.
 */
export async function installN8n(): Promise<{ program: string } | { lacking: string }> {
  const folder = join(tmpdir(), `selvedge-n8n-${version}`);
  const program = join(folder, "node_modules/n8n/bin/n8n");
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return { program };
  // What breaks off is begun again: it has its name when it is all there.
  const making = await mkdtemp(join(tmpdir(), "selvedge-n8n-making-"));
  try {
    await writeFile(join(making, "package.json"), JSON.stringify({ private: true }));
    const options = ["--prefer-offline", "--omit=optional", "--ignore-scripts", "--loglevel=error"];
    await run("npm", ["install", ...options, `n8n@${version}`], { cwd: making, env: plainEnv });
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    const { stderr = "" } = error as { stderr?: string };
    const [, lacking] = /npm error (?:notarget|404) (.+)/.exec(stderr) ?? [];
    if (lacking !== undefined) return { lacking };
    throw error;
  }
  return { program };
}

/** Starts n8n in a project, over PostgreSQL, and waits until it answers. */
export async function startN8n(
  project: HostProject,
  program: string,
  databaseUrl: string,
): Promise<{ process: HostProcess; baseUrl: string }> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const database = { HOST: hostname, PORT: port, USER: username, PASSWORD: password };
  const [own, brokers] = [`${await freePort()}`, `${await freePort()}`];
  const calling = ["DIAGNOSTICS", "VERSION_NOTIFICATIONS", "TEMPLATES", "VERIFIED_PACKAGES"];
  const process = project.start(program, {
    ...{ N8N_USER_FOLDER: project.folder, N8N_ENCRYPTION_KEY: "of-a-test" },
    ...{ N8N_LISTEN_ADDRESS: "127.0.0.1", N8N_HOST: "127.0.0.1", N8N_PORT: own },
    ...{ N8N_RUNNERS_BROKER_PORT: brokers, N8N_SECURE_COOKIE: "false" },
    ...{ DB_TYPE: "postgresdb", DB_POSTGRESDB_DATABASE: pathname.slice(1) },
    ...named("DB_POSTGRESDB_", database),
    // It calls nobody outside of this machine.
    ...Object.fromEntries(calling.map((name) => [`N8N_${name}_ENABLED`, "false"])),
    ...{ N8N_DYNAMIC_BANNERS_ENABLED: "false", N8N_DISABLED_MODULES: "mcp-registry" },
  });
  for (;;) {
    const line = await process.line();
    if (line.startsWith("ended: ")) throw new Error(line);
    if (line.startsWith("Editor is now accessible")) break;
  }
  return { process, baseUrl: `http://127.0.0.1:${own}` };
}

const named = (beginning: string, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [beginning + name, value]));

/** A node of a workflow. */
export interface Node {
  readonly name: string;
  readonly type: string;
  readonly parameters?: object;
  readonly onError?: "continueRegularOutput";
}

/** A workflow as n8n keeps it. */
export interface Workflow {
  readonly id: string;
  readonly versionId: string;
  /** What its nodes keep from one activation to the next. */
  readonly staticData: Readonly<Record<string, { readonly position?: string }>> | null;
}

/** What came of a run of a workflow. */
export interface Execution {
  readonly status: string;
  readonly data: {
    readonly resultData: {
      readonly error?: object;
      readonly runData: Readonly<Record<string, readonly [Ran]>>;
    };
  };
}
interface Ran {
  readonly data?: { readonly main: readonly [readonly { readonly json: object }[]] };
}

/** The items that a node gave in a run. */
export function itemsOf({ data }: Execution, node: string): object[] | undefined {
  const [ran] = data.resultData.runData[node] ?? [];
  return ran?.data?.main[0].map(({ json }) => json);
}

/** What the owner of an n8n does in its editor; executions are read by the public API. */
export class Editor {
  readonly #baseUrl: string;
  #headers: Readonly<Record<string, string>> = {};
  #credentials = {};

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  /** Asks for something, or posts it; anything but a success is a failure. */
  async call<Answer>(path: string, body?: object): Promise<Answer> {
    const answer = await this.fetch(path, body);
    const { data } = (await answer.json()) as { data: Answer };
    return data;
  }

  /** The same, with the answer as it came. */
  async fetch(path: string, body?: object): Promise<Response> {
    const answer = await fetch(this.#baseUrl + path, {
      headers: { "content-type": "application/json", ...this.#headers },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  /** Makes the owner, and a key of the public API. */
  async setUp(): Promise<void> {
    const owner = { email: "owner@n8n.test", password: "Of-the-0wner" };
    const name = { firstName: "An", lastName: "Owner" };
    const { headers } = await this.fetch("/rest/owner/setup", { ...owner, ...name });
    const cookie = headers.getSetCookie().map((one) => one.split(";")[0]);
    this.#headers = { cookie: cookie.join("; ") };
    const scopes = ["execution:read", "execution:list"];
    const asked = { label: "of a test", scopes, expiresAt: null };
    const { rawApiKey } = await this.call<{ rawApiKey: string }>("/rest/api-keys", asked);
    this.#headers = { ...this.#headers, "x-n8n-api-key": rawApiKey };
  }

  /** Keeps credentials, which all nodes of ours then have. */
  async keep(type: string, data: object): Promise<void> {
    const kept = { name: type, type, data };
    const { id } = await this.call<{ id: string }>("/rest/credentials", kept);
    this.#credentials = { [type]: { id, name: type } };
  }

  /** Presses the button that tries credentials. */
  try(type: string, data: object): Promise<{ status: string; message: string }> {
    const credentials = { id: "", name: type, type, data };
    return this.call("/rest/credentials/test", { credentials });
  }

  /** Opens a list of what there is to choose from. */
  choices(type: string, path: string, methodName: string): Promise<{ value: string }[]> {
    const nodeTypeAndVersion = { name: type, version: 1 };
    const asked = { path, methodName, nodeTypeAndVersion, currentNodeParameters: {} };
    const credentials = this.#credentials;
    return this.call("/rest/dynamic-node-parameters/options", { ...asked, credentials });
  }

  /** Saves a workflow whose nodes follow each other. */
  save(name: string, nodes: readonly Node[]): Promise<Workflow> {
    const place = { typeVersion: 1, position: [0, 0] };
    const placed = nodes.map((node) => ({
      ...{ id: `id-${node.name}`, ...place, parameters: {}, ...node },
      ...(!node.type.startsWith("n8n-nodes-base.") && { credentials: this.#credentials }),
    }));
    const follow = nodes.slice(1).map(({ name: node }, i) => {
      return [nodes[i]?.name, { main: [[{ node, type: "main", index: 0 }]] }];
    });
    const connections = Object.fromEntries(follow);
    return this.call("/rest/workflows", { name, nodes: placed, connections, active: false });
  }

  /** A workflow as it is now. */
  workflow({ id }: Workflow): Promise<Workflow> {
    return this.call(`/rest/workflows/${id}`);
  }

  /** Switches a workflow on. */
  async switchOn({ id, versionId }: Workflow): Promise<void> {
    await this.call(`/rest/workflows/${id}/activate`, { versionId });
  }

  /** Switches a workflow off. */
  async switchOff({ id }: Workflow): Promise<void> {
    await this.call(`/rest/workflows/${id}/deactivate`, {});
  }

  /** Runs a workflow by hand, from its first node; answers the execution's ID. */
  async run(name: string, nodes: readonly Node[]): Promise<string> {
    const workflowData = await this.save(name, nodes);
    const asked = { workflowData, triggerToStartFrom: { name: nodes[0]?.name } };
    const path = `/rest/workflows/${workflowData.id}/run`;
    const { executionId } = await this.call<{ executionId: string }>(path, asked);
    return executionId;
  }

  /** How a run stands. */
  async execution(id: string): Promise<Execution> {
    const answer = await this.fetch(`/api/v1/executions/${id}?includeData=true`);
    return (await answer.json()) as Execution;
  }

  /** The runs of a workflow, the first one first. */
  async executions({ id }: Workflow): Promise<Execution[]> {
    const path = `/api/v1/executions?workflowId=${id}&includeData=true&limit=250`;
    return (await this.call<Execution[]>(path)).reverse();
  }
}
