import { isSelvedgeError } from "@selvedge/sdk";
import type { Choice, Executing, Item, LoadingOptions } from "./n8n.ts";
import { procedureOf, proceduresOf, selvedgeOf } from "./selvedge-of.ts";

const only = (kind: "command" | "query") => ({ show: { kind: [kind] } });

const properties = [
  {
    ...{ displayName: "Do", name: "kind", type: "options", noDataExpression: true },
    options: [
      { name: "Send a Command", value: "command", action: "Send a command" },
      { name: "Ask a Query", value: "query", action: "Ask a query" },
    ],
    default: "command",
  },
  {
    ...{ displayName: "Command Name or ID", name: "command", type: "options", required: true },
    ...{ default: "", typeOptions: { loadOptionsMethod: "getCommands" } },
    displayOptions: only("command"),
  },
  {
    ...{ displayName: "Query Name or ID", name: "query", type: "options", required: true },
    ...{ default: "", typeOptions: { loadOptionsMethod: "getQueries" } },
    displayOptions: only("query"),
  },
  {
    ...{ displayName: "Input", name: "input", type: "json", default: "{}" },
    description: "What it takes, as the reference of the command or query says",
  },
  {
    ...{ displayName: "Command ID", name: "commandId", type: "string", default: "" },
    description:
      "A command is applied once under its ID, however often it is sent. If empty, it is made " +
      "from this execution, node and item, so that a node that is tried again applies nothing twice",
    displayOptions: only("command"),
  },
  {
    ...{ displayName: "Freshness", name: "freshness", type: "collection", default: {} },
    ...{ placeholder: "Add a Wish", displayOptions: only("query") },
    options: [
      {
        ...{ displayName: "At Least", name: "atLeast", type: "string", default: "" },
        description: "The receipt of a command whose write the answer has to show",
      },
      {
        ...{ displayName: "Max Stale (Ms)", name: "maxStaleMs", type: "number", default: 1_000 },
        description: "How many milliseconds old the answer may be",
      },
      {
        ...{ displayName: "On Miss", name: "onMiss", type: "options", default: "wait" },
        description: "What to do where the read model is not as fresh",
        options: ["serve", "wait", "patch", "live", "error"].map((value) => ({
          name: `${value[0]?.toUpperCase()}${value.slice(1)}`,
          value,
        })),
      },
    ],
  },
];

/** Commands and queries of Selvedge as actions. */
export class Selvedge {
  readonly description = {
    ...{ displayName: "Selvedge", name: "selvedge", icon: "file:selvedge.svg" },
    ...{ group: ["transform"], version: 1, defaults: { name: "Selvedge" } },
    subtitle: '={{ $parameter["command"] || $parameter["query"] }}',
    description: "Sends commands to a warehouse and asks its read models",
    ...{ inputs: ["main"], outputs: ["main"], usableAsTool: true },
    credentials: [{ name: "selvedgeApi", required: true }],
    properties,
  };

  readonly methods = {
    loadOptions: {
      getCommands(this: LoadingOptions): Promise<Choice[]> {
        return choicesOf(this, "commands");
      },
      getQueries(this: LoadingOptions): Promise<Choice[]> {
        return choicesOf(this, "queries");
      },
    },
  };

  /** Sends or asks once for each item, in order; an answer for each. */
  async execute(this: Executing): Promise<Item[][]> {
    const selvedge = await selvedgeOf(this);
    const answers: Item[] = [];
    for (const item of this.getInputData().keys()) {
      const pairedItem = { item };
      try {
        const [path, options] = callOf(this, item);
        const input = inputOf(this.getNodeParameter("input", item, "{}"));
        const answer = await procedureOf(selvedge, path)(input, options);
        answers.push({ json: answer, pairedItem });
      } catch (error) {
        if (!this.continueOnFail()) throw error;
        answers.push({ json: told(error), pairedItem });
      }
    }
    return [answers];
  }
}

function callOf(node: Executing, item: number): [path: string, options: object] {
  const signal = node.getExecutionCancelSignal();
  const given = (name: string) => String(node.getNodeParameter(name, item, ""));
  if (given("kind") === "query") {
    const wish = node.getNodeParameter("freshness", item, {}) as { readonly atLeast?: string };
    const { atLeast, ...others } = wish;
    return [given("query"), { signal, ...others, ...(atLeast ? { atLeast } : {}) }];
  }
  const made = `n8n:${node.getExecutionId()}:${node.getNode().id}:${item}`;
  return [given("command"), { signal, commandId: given("commandId") || made }];
}

function inputOf(given: unknown): object {
  const input = typeof given === "string" ? JSON.parse(given) : given;
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  throw new Error("The input is a JSON object.");
}

/** What went wrong, for a workflow that goes on with it. */
function told(error: unknown): object {
  const message = error instanceof Error ? error.message : String(error);
  if (!isSelvedgeError(error)) return { error: message };
  const { code, reason, details, hint, requestId, retryable } = error;
  return { error: message, code, reason, details, hint, requestId, retryable };
}

async function choicesOf(node: LoadingOptions, kind: "commands" | "queries"): Promise<Choice[]> {
  const procedures = await proceduresOf(node, kind);
  return procedures.map(({ path, words }) => ({ name: path, value: path, description: words }));
}
