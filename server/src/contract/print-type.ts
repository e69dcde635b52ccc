import { anyJsonRef, isJsonObject, type JsonSchema } from "./json-schema.ts";

/** Inputs take read-only arrays, and `undefined` for what may be left out; outputs give neither. */
export type Direction = "input" | "output";

// Keywords that say more than a TypeScript type can; the server checks them.
const silent = new Set(
  `description default title examples deprecated readOnly format pattern contentEncoding minLength
   maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems
   uniqueItems minProperties maxProperties`.split(/\s+/),
);
const spoken = new Set(
  `type const enum anyOf oneOf properties required additionalProperties propertyNames items
   prefixItems`.split(/\s+/),
);

/** The first keyword of a schema that no printer knows, if there is one. */
export function unknownKeyword(schema: JsonSchema): string | undefined {
  return Object.keys(schema).find((key) => !silent.has(key) && !spoken.has(key));
}

/*
 * Written here rather than taken from json-schema-to-typescript, which prints `unknown` for what it
 * does not know, tuples for bounded arrays, and needs prettier to do it.
 */

/** The TypeScript type of a JSON schema. Throws at any keyword it does not know. */
export function printType(schema: JsonSchema, direction: Direction, indent = ""): string {
  // A type of the SDK's own.
  if (schema.$ref === anyJsonRef) return "JsonValue";
  const odd = unknownKeyword(schema);
  if (odd !== undefined) throw new Error(`cannot print "${odd}" of ${JSON.stringify(schema)}`);
  if ("const" in schema) return printLiteral(schema.const);
  if (schema.enum) return union(schema.enum.map(printLiteral));
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return union(either.map((one) => printType(one, direction, indent)));
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (types.length === 0) {
    throw new Error("has a value of unknown type; say which (z.unknown and z.any say nothing)");
  }
  return union(types.map((type) => printOne(type, schema, direction, indent)));
}

function printOne(type: string, schema: JsonSchema, direction: Direction, indent: string): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return printArray(schema, direction, indent);
    case "object":
      return printObject(schema, direction, indent);
    default:
      throw new Error(`cannot print the type "${type}"`);
  }
}

function printArray(schema: JsonSchema, direction: Direction, indent: string): string {
  const readonly = direction === "input" ? "readonly " : "";
  const { items, prefixItems } = schema;
  if (prefixItems && items === false) {
    const all = prefixItems.map((one) => printType(one, direction, indent));
    return `${readonly}[${all.join(", ")}]`;
  }
  if (prefixItems || !isJsonObject(items)) throw new Error("has an array of unknown items");
  const item = printType(items, direction, indent);
  return `${readonly}${isCompound(items, direction) ? `(${item})` : item}[]`;
}

/** Whether the printed type needs parentheses before `[]`. */
function isCompound(schema: JsonSchema, direction: Direction): boolean {
  const { anyOf, oneOf, type } = schema;
  const alternatives = schema.enum ?? anyOf ?? oneOf ?? (typeof type === "string" ? [] : type);
  return (alternatives ?? []).length > 1 || (type === "array" && direction === "input");
}

/** The body of an object type, braces included. */
export function printObject(schema: JsonSchema, direction: Direction, indent = ""): string {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const entries = Object.entries(properties);
  if (isJsonObject(additionalProperties)) {
    if (entries.length > 0) throw new Error("mixes known properties with others");
    const key = propertyNames ? printType(propertyNames, direction, indent) : "string";
    const record = `Record<${key}, ${printType(additionalProperties, direction, indent)}>`;
    return key === "string" || required.length > 0 ? record : `Partial<${record}>`;
  }
  if (entries.length === 0) return "Record<string, never>";
  const inner = `${indent}  `;
  const lines = entries.flatMap(([name, property]) => {
    const optional = !required.includes(name);
    const type = printType(property, direction, inner);
    const or = optional && direction === "input" ? " | undefined" : "";
    const doc = describeField(property, direction);
    return [
      ...(doc ? [`${inner}/** ${doc} */`] : []),
      `${inner}${printKey(name)}${optional ? "?" : ""}: ${type}${or};`,
    ];
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

/** What is said of a property beside its type: what it means, its format, bounds and default. */
export function describeField(schema: JsonSchema, direction: Direction): string {
  const others = schema.anyOf?.filter(({ type }) => type !== "null") ?? [];
  // `nullable()` wraps what it makes nullable.
  const { format } = others.length === 1 && others[0] ? others[0] : schema;
  const { description, minimum, maximum, minItems, maxItems } = schema;
  const said = [
    description && sentence(description),
    format === "date-time" && "ISO 8601 date and time.",
    format === "date" && "ISO 8601 date.",
    direction === "input" && bounds(minimum, maximum, ""),
    direction === "input" && !schema.prefixItems && bounds(minItems, maxItems, " items"),
    direction === "input" &&
      "default" in schema &&
      `Default: \`${JSON.stringify(schema.default)}\`.`,
  ];
  return escapeComment(said.filter(Boolean).join(" "));
}

function bounds(min: number | undefined, max: number | undefined, of: string): string | undefined {
  const least = min !== undefined && Number.isSafeInteger(min) && min > Number.MIN_SAFE_INTEGER;
  const most = max !== undefined && Number.isSafeInteger(max) && max < Number.MAX_SAFE_INTEGER;
  if (least && min === max) return `Exactly ${grouped(min)}${of}.`;
  if (least && most) return `${grouped(min)} to ${grouped(max)}${of}.`;
  if (least) return `At least ${grouped(min)}${of}.`;
  return most ? `At most ${grouped(max)}${of}.` : undefined;
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(" | ");
}

function printLiteral(value: unknown): string {
  if (value !== null && !["string", "number", "boolean"].includes(typeof value)) {
    throw new Error(`cannot print the literal ${JSON.stringify(value)}`);
  }
  return JSON.stringify(value);
}

/** A property's name, quoted where it must be. */
export function printKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** Text that cannot end the comment it stands in. */
export function escapeComment(text: string): string {
  return text.replaceAll("*/", "*\\/").replace(/\s+/g, " ");
}
