import { Fault, httpStatusOf } from "../kernel/faults.ts";
import { Refusal } from "../kernel/refusals.ts";
import { isJsonObject, type JsonSchema } from "./json-schema.ts";
import {
  answerHeaders,
  bodyResponses,
  commonResponses,
  fixedComponents,
  parameterRef,
  problemResponse,
  responseRef,
  schemaRef,
} from "./openapi-components.ts";
import { openapiSchema } from "./openapi-schema.ts";
import { moduleOf, pascal, procedureOf } from "./print-method.ts";
import type { Direction } from "./print-type.ts";
import { declaredReason, type Reasons } from "./reasons.ts";
import { type ContractProcedure, namingProcedure } from "./walk.ts";

/** What the document says beside the contract. */
export interface OpenapiFacts {
  readonly reasons: Reasons;
  /** The server's version. */
  readonly version: string;
  /** Where the server is; the place that the document comes from, if it is left out. */
  readonly server?: string;
}

const about = `Commands in, read models out, every answer with its freshness.

A command is a POST with an \`Idempotency-Key\`; it is applied once, however often it is sent, and
answers a **receipt**. A query answers rows and how fresh they are. Handed the receipt in
\`selvedge-at-least\`, with \`selvedge-on-miss: wait\`, it waits until that very command is in.

A query's input goes into the address: numbers, \`true\` and \`false\` as JSON writes them, texts as
they are, lists by repeating a parameter, objects as JSON. Whatever does not fit there (null, or
many values) is sent as a JSON body to the same path by POST.

Every failure is a problem (RFC 9457) with a \`code\`; a refusal is \`REFUSED\`, with a \`reason\`.`;

/**
 * The contract of commands and queries as an OpenAPI 3.1 document: what the REST facade serves.
 * Equal contracts give equal documents.
 */
export function printOpenapi(contract: readonly ContractProcedure[], facts: OpenapiFacts) {
  const served = contract.filter(({ kind }) => kind !== "operation");
  const schemas: Record<string, unknown> = { ...fixedComponents.schemas };
  for (const procedure of served) {
    for (const [name, schema] of Object.entries(schemasOf(procedure, facts.reasons))) {
      if (name in schemas)
        throw new Error(`${procedure.path} wants the schema ${name}, as another`);
      schemas[name] = schema;
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Selvedge",
      version: facts.version,
      description: about,
      license: { name: "MIT", identifier: "MIT" },
    },
    ...(facts.server !== undefined && { servers: [{ url: facts.server }] }),
    tags: [...new Set(served.map(({ path }) => moduleOf(path)))].map((name) => ({ name })),
    paths: Object.fromEntries(
      served.map((one) => [restPath(one), namingProcedure(one.path, () => pathItem(one, facts))]),
    ),
    components: { ...fixedComponents, schemas },
  };
}

/** Where the REST facade serves a procedure: `/v1/commands/orders/placeOrder`. */
export function restPath({ path, kind }: Pick<ContractProcedure, "path" | "kind">): string {
  const folder = { command: "commands", query: "queries", operation: "operations" }[kind];
  return `/v1/${folder}/${moduleOf(path)}/${procedureOf(path)}`;
}

function schemasOf(procedure: ContractProcedure, reasons: Reasons): Record<string, unknown> {
  const { path, paged, input, output, refuses } = procedure;
  const name = pascal(procedureOf(path));
  const schema = (of: JsonSchema, direction: Direction) =>
    namingProcedure(path, () => openapiSchema(of, direction));
  const { rows, nextCursor } = output.properties ?? {};
  const page = paged && rows && nextCursor;
  return {
    [`${name}Input`]: schema(input, "input"),
    ...(page
      ? {
          [`${name}Row`]: schema(rows.items as JsonSchema, "output"),
          [`${name}Data`]: {
            ...schema({ ...output, properties: { nextCursor } }, "output"),
            description: "A page; `nextCursor` is null on the last, else the next one's `cursor`.",
            properties: {
              rows: { type: "array", items: schemaRef(`${name}Row`) },
              nextCursor: schema(nextCursor, "output"),
            },
          },
        }
      : { [`${name}Data`]: schema(output, "output") }),
    ...(refuses.length > 0 && { [`${name}Refusal`]: refusalSchema(procedure, reasons) }),
  };
}

function refusalSchema({ path, refuses }: ContractProcedure, reasons: Reasons) {
  namingProcedure(path, () => refuses.map((reason) => declaredReason(reasons, reason)));
  const properties = { code: { const: "REFUSED" }, reason: { type: "string", enum: refuses } };
  return {
    description: `Why \`${path}\` is refused.`,
    allOf: [
      schemaRef("Problem"),
      { type: "object", properties, required: ["code", "reason", "kind"] },
    ],
  };
}

function pathItem(procedure: ContractProcedure, facts: OpenapiFacts) {
  const posted = operation(procedure, facts);
  if (procedure.kind === "command") return { post: posted };
  const { requestBody, responses, ...rest } = posted;
  const get = {
    ...rest,
    operationId: procedureOf(procedure.path),
    parameters: [...queryParameters(procedure.input), ...rest.parameters],
    responses: Object.fromEntries(
      Object.entries(responses).filter(([status]) => !(status in bodyResponses)),
    ),
  };
  return { get, post: { ...posted, summary: `${posted.summary} (input in the body)` } };
}

function operation(procedure: ContractProcedure, { reasons }: OpenapiFacts) {
  const { path, kind, doc, scope, deprecated, example } = procedure;
  const name = procedureOf(path);
  const isCommand = kind === "command";
  const used = isCommand
    ? ["IdempotencyKey", "BasedOn"]
    : ["AtLeast", "MaxStaleMs", "OnMiss", "TimeoutMs"];
  const schema = schemaRef(`${pascal(name)}Input`);
  return {
    operationId: isCommand ? name : `post${pascal(name)}`,
    tags: [moduleOf(path)],
    summary: (doc ?? path).split(/(?<=\.) /)[0],
    description: describe(procedure),
    ...(deprecated !== undefined && { deprecated: true }),
    // OpenAPI 3.1 lets other schemes than OAuth name what a caller has to be allowed.
    security: [{ partnerKey: scope === undefined ? [] : [scope] }],
    parameters: used.map(parameterRef),
    requestBody: {
      required: true,
      content: {
        "application/json": { schema, ...(example !== undefined && { example }) },
      },
    },
    responses: {
      200: answer(procedure),
      ...commonResponses,
      ...bodyResponses,
      ...(isCommand ? refusalResponses(procedure, reasons) : { 409: responseRef("NotFresh") }),
    },
  };
}

function describe({ path, doc, scope, deprecated }: ContractProcedure): string {
  return [
    doc ?? path,
    ...(scope === undefined ? [] : [`Needs the scope \`${scope}\`.`]),
    ...(deprecated === undefined ? [] : [`Deprecated: ${deprecated}.`]),
  ].join("\n\n");
}

function answer({ path, kind }: ContractProcedure) {
  const data = schemaRef(`${pascal(procedureOf(path))}Data`);
  const repeated = {
    type: "boolean",
    description: "Whether this key had been applied before; the stored answer is given again.",
  };
  const properties =
    kind === "command"
      ? { data, receipt: schemaRef("Receipt"), repeated, commandId: { type: "string" } }
      : { data, freshness: schemaRef("Freshness") };
  const schema = { type: "object", properties, required: Object.keys(properties) };
  const description = kind === "command" ? "It is done." : "The answer, and how fresh it is.";
  return { description, headers: answerHeaders, content: { "application/json": { schema } } };
}

/** The refusals of a command by the status that each is answered with, in words. */
function refusalResponses({ path, refuses }: ContractProcedure, reasons: Reasons) {
  const declared = refuses.map((reason) => ({ reason, ...declaredReason(reasons, reason) }));
  const byStatus = Map.groupBy(declared, ({ reason, ...of }) =>
    httpStatusOf(new Refusal(reason, of)),
  );
  const refusal = schemaRef(`${pascal(procedureOf(path))}Refusal`);
  const responses = [...byStatus].map(([status, of]) => {
    const words = of.map(({ reason, text }) => `- \`${reason}\`: ${text}`).join("\n");
    return [status, problemResponse(`Refused:\n${words}`, refusal)] as const;
  });
  const reused = httpStatusOf(new Fault("COMMAND_ID_REUSED", ""));
  const clash =
    "`CONFLICT`: others changed the same thing again and again; or `COMMAND_ID_REUSED`: " +
    "the key was another command's.";
  const refused = responses.find(([status]) => status === reused)?.[1].description ?? "";
  const either = { anyOf: [refusal, schemaRef("Problem")] };
  return {
    ...Object.fromEntries(responses),
    [reused]: problemResponse(`${refused}\n\n${clash}`.trim(), either),
  };
}

function queryParameters({ properties = {}, required = [] }: JsonSchema) {
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = withoutNull(openapiSchema(property, "input"));
    return {
      ...{ name, in: "query", required: required.includes(name) },
      ...(description !== undefined && { description }),
      ...(isNested(schema) ? { content: { "application/json": { schema } } } : { schema }),
    };
  });
}

/** An address says no null; who wants it sends a body. */
function withoutNull({ type, anyOf, items, ...rest }: JsonSchema): JsonSchema {
  const types = typeof type === "string" ? [type] : type?.filter((one) => one !== "null");
  const others = anyOf?.filter((one) => one.type !== "null").map(withoutNull);
  const [only] = others ?? [];
  return {
    ...(types && { type: types.length === 1 ? types[0] : types }),
    ...(others?.length === 1 ? only : others && { anyOf: others }),
    ...(items !== undefined && { items: isJsonObject(items) ? withoutNull(items) : items }),
    ...rest,
  };
}

/** Whether a value is sent as JSON: where nothing simpler than an object can be meant. */
export function isNested({ type, anyOf, oneOf }: JsonSchema): boolean {
  const alternatives = anyOf ?? oneOf;
  return alternatives ? alternatives.every(isNested) : type === "object";
}
