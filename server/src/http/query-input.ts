import type { JsonSchema } from "../contract/json-schema.ts";
import { isNested } from "../contract/print-openapi.ts";
import { Fault } from "../kernel/faults.ts";

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * A query's input from the parameters of its address. Its schema says how a text is meant: as it
 * is, as a number or `true` or `false` the way JSON writes them, as an object in JSON; a list is a
 * parameter that is given several times. What is not meant so stays text, for the schema to refuse.
 */
export function inputFromQuery({ properties = {} }: JsonSchema, url: string): unknown {
  const given = parametersOf(url);
  // Entries rather than assignments: a parameter may be called __proto__.
  return Object.fromEntries(
    [...new Set(given.keys())].map((name) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return [name, schema ? readValue(name, schema, given.getAll(name)) : given.get(name)];
    }),
  );
}

/** The parameters of an address. */
export function parametersOf(url: string): URLSearchParams {
  const at = url.indexOf("?");
  return new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
}

function readValue(name: string, schema: JsonSchema, texts: readonly string[]): unknown {
  const alternatives = alternativesOf(schema);
  const [text = ""] = texts;
  if (isNested(schema) && texts.length === 1) return readJson(name, text);
  const scalars = alternatives.filter(({ type }) => type !== "array");
  if (texts.length === 1 && scalars.length > 0) return scalarOf(scalars, text);
  const items = alternatives.flatMap(({ items }) => (typeof items === "object" ? [items] : []));
  return texts.map((one) => scalarOf(items.flatMap(alternativesOf), one));
}

function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.flatMap(alternativesOf);
  const { type } = schema;
  return typeof type === "string" || !type
    ? [schema]
    : type.map((one) => ({ ...schema, type: one }));
}

function scalarOf(alternatives: readonly JsonSchema[], text: string): unknown {
  const types = new Set(alternatives.map(({ type }) => type));
  if (types.has("string")) return text;
  if ((types.has("integer") || types.has("number")) && jsonNumber.test(text)) return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault("BAD_INPUT", "The input is not valid.", {
      details: { issues: [{ path: name, message: "is not JSON" }] },
      cause,
    });
  }
}
