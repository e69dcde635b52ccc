import { z } from "zod";
import { kernelRefusals } from "../kernel/kernel-refusals.ts";
import { isJsonObject, type JsonSchema } from "./json-schema.ts";

/** What the contract says of one procedure. */
export interface ContractProcedure {
  /** `module.procedure`. */
  readonly path: string;
  readonly kind: "command" | "query" | "operation";
  readonly paged: boolean;
  /** Of a query that can be followed. */
  readonly feed?: true;
  /** Of an operation whose answer is told again as it changes. */
  readonly live?: true;
  /** Of a read model whose facts a command may be based on: the key, by callers' names. */
  readonly factsBy?: readonly string[];
  /** Whether sending it twice does no harm: reads, and commands, which have an id. */
  readonly repeatable: boolean;
  readonly doc: string | undefined;
  readonly example?: unknown;
  /** Reasons for which the domain may say no, and of a command those of any command. */
  readonly refuses: readonly string[];
  /** The scope that a caller needs. */
  readonly scope?: string;
  /** What to use instead, and since when. */
  readonly deprecated?: string;
  /** Commands that may come in between on the same aggregate. */
  readonly commutes?: readonly string[];
  /** What callers send. */
  readonly input: JsonSchema;
  /** What they get: of queries and commands the `data` alone. */
  readonly output: JsonSchema;
}

/** A procedure without what only explains: what callers rely on. */
export type ContractShape = Omit<ContractProcedure, "doc" | "example" | "deprecated" | "commutes">;

/** What callers rely on of a procedure. */
export function shapeOf(procedure: ContractProcedure): ContractShape {
  const { doc, example, deprecated, commutes, ...shape } = procedure;
  return shape;
}

const noInput: JsonSchema = { type: "object", properties: {}, additionalProperties: false };
const kinds = ["command", "query", "operation"] as const;

/**
 * All procedures of a tRPC router, sorted by path: the one walk that every printer starts from. It
 * throws, naming the procedure, at whatever a printer could only guess.
 */
export function walkRouter(router: object): ContractProcedure[] {
  const { procedures, lazy } = defOf(router);
  const loadedLater = Object.keys(fieldsOf(lazy));
  if (loadedLater.length > 0) {
    throw new Error(`${loadedLater.join(", ")} is loaded lazily and cannot be walked; import it.`);
  }
  return Object.entries(fieldsOf(procedures))
    .map(([path, procedure]) => namingProcedure(path, () => describe(path, defOf(procedure))))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function describe(path: string, def: Record<string, unknown>): ContractProcedure {
  if (!/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/.test(path)) {
    throw new Error("stands elsewhere than at <module>.<procedure>, in camelCase");
  }
  const meta = fieldsOf(def.meta);
  const kind = kinds.find((one) => one === meta.kind);
  if (!kind) throw new Error(`has no meta.kind; it is one of ${kinds.join(", ")}`);
  if (kind === "command" && def.type !== "mutation")
    throw new Error("is a command but no mutation");
  if (kind === "query" && def.type !== "query") throw new Error("is a query in meta alone");
  if (!def.output) throw new Error("has no output schema; add .output(...)");

  const paged = meta.paged === true;
  const output = schemaOf("output", def.output, "output");
  if (paged && !isPage(output)) {
    throw new Error("is paged, so its output must be { rows: [{...}], nextCursor }");
  }
  if (meta.feed === true && !isFeed(output)) {
    throw new Error("is a feed, so its output must have { events: [{ position }], position }");
  }
  return {
    path,
    kind,
    paged,
    ...(meta.feed === true && { feed: meta.feed }),
    ...(meta.live === true && { live: liveOf(kind, def.type) }),
    ...(Array.isArray(meta.factsBy) && { factsBy: meta.factsBy }),
    repeatable: kind === "command" || def.type === "query",
    doc: typeof meta.doc === "string" ? meta.doc : undefined,
    ...("example" in meta && { example: meta.example }),
    refuses: refusesOf(kind, meta),
    ...(typeof meta.scope === "string" && { scope: meta.scope }),
    ...deprecationOf(meta),
    ...(Array.isArray(meta.commutes) && { commutes: meta.commutes }),
    input: inputOf(def.inputs, meta),
    output,
  };
}

function liveOf(kind: string, type: unknown): true {
  if (kind === "operation" && type === "query") return true;
  throw new Error("has meta.live, which is for operations that only ask");
}

function deprecationOf({ deprecated }: Record<string, unknown>): { deprecated?: string } {
  if (deprecated === undefined) return {};
  // It travels in a header, and stands in the middle of a sentence.
  if (typeof deprecated === "string" && /^[a-z][ -~]*[^. ]$/.test(deprecated))
    return { deprecated };
  throw new Error('has a meta.deprecated that is not like "use orders.placeOrder since 0.3.0"');
}

function refusesOf(kind: ContractProcedure["kind"], meta: Record<string, unknown>): string[] {
  const own = (meta.refuses as readonly string[] | undefined) ?? [];
  const any = kind === "command" ? Object.keys(kernelRefusals.reasons) : [];
  return [...any, ...own].sort();
}

function inputOf(inputs: unknown, meta: Record<string, unknown>): JsonSchema {
  const parsers = Array.isArray(inputs) ? inputs : [];
  if (parsers.length > 1) throw new Error("has more than one input schema; make it one");
  const [parser] = parsers;
  if (parser && "example" in meta) {
    const parsed = z.safeParse(parser as z.ZodType, meta.example);
    if (!parsed.success) throw new Error(`has an example that is refused: ${parsed.error.message}`);
  }
  const schema = parser ? schemaOf("input", parser, "input") : noInput;
  if (schema.type !== "object") throw new Error("has an input that is no object");
  return schema;
}

function schemaOf(part: string, parser: unknown, io: "input" | "output"): JsonSchema {
  if (!isJsonObject(parser) || !("_zod" in parser)) throw new Error(`has no zod schema as ${part}`);
  const printed = z.toJSONSchema(parser as unknown as z.ZodType, { unrepresentable: "throw", io });
  // Whoever cannot print a reference says so.
  const { $schema, $defs, ...schema } = printed;
  return schema as JsonSchema;
}

function isPage({ properties = {} }: JsonSchema): boolean {
  const { rows, nextCursor, ...others } = properties;
  const rowsHaveFields = isJsonObject(rows?.items) && rows.items.type === "object";
  return rowsHaveFields && nextCursor !== undefined && Object.keys(others).length === 0;
}

function isFeed({ properties = {} }: JsonSchema): boolean {
  const event = properties.events?.items as JsonSchema | undefined;
  return event?.properties?.position !== undefined && properties.position !== undefined;
}

/** Says of which procedure a failure is. */
export function namingProcedure<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new Error(`${path} ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function defOf(value: unknown): Record<string, unknown> {
  return fieldsOf((value as { _def?: unknown } | undefined)?._def);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return (value ?? {}) as Record<string, unknown>;
}
