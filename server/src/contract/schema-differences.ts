import { z } from "zod";
import { anyJsonRef, canonicalJson, isJsonObject, type JsonSchema } from "./json-schema.ts";
import { type Direction, unknownKeyword } from "./print-type.ts";

/** How a changed schema lets down who relied on it. */
export interface SchemaDifference {
  /** The field, by its path: `lines[].sku`; empty for the whole. */
  readonly at: string;
  /** What is the matter with it, as the end of a sentence. */
  readonly why: string;
  /** Whether it meets those who leave the field out, rather than those who use it. */
  readonly leftOut?: true;
  /** Nobody is let down, but somebody may wonder. */
  readonly note?: true;
}

/**
 * In what a schema no longer keeps what it said: of an input, values that were taken and are not
 * any more; of an output, values that may come now and could not. Fields that an input may leave
 * out, and fields that an output has more, let nobody down.
 */
export function schemaDifferences(
  was: JsonSchema,
  is: JsonSchema,
  direction: Direction,
  at = "",
): SchemaDifference[] {
  // Every value of `from` has to be one of `to`.
  const [from, to] = direction === "input" ? [was, is] : [is, was];
  const whole = bareOf(from);
  if (canonicalJson(whole) === canonicalJson(bareOf(to)) || to.$ref === anyJsonRef) return [];
  const odd = unknownKeyword(from) ?? unknownKeyword(to);
  if (odd !== undefined && odd !== "$ref") {
    return [{ at, why: `its "${odd}" changed, and what that means is for people to say` }];
  }
  const taken = alternativesOf(to);
  return [
    ...literalDifferences(alternativesOf(from), taken, direction, at),
    ...alternativesOf(from)
      .filter(isOpen)
      .flatMap((one) => alternativeDifferences(one, taken, direction, at)),
  ];
}

/** A schema without what only explains. */
function bareOf({ description, default: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.flatMap(alternativesOf);
  const { type } = schema;
  return typeof type === "object" && !schema.enum
    ? type.map((one) => ({ ...schema, type: one }))
    : [schema];
}

function literalsOf(schema: JsonSchema): readonly unknown[] {
  return "const" in schema ? [schema.const] : (schema.enum ?? []);
}

const isOpen = (schema: JsonSchema) => literalsOf(schema).length === 0;

function literalDifferences(
  from: readonly JsonSchema[],
  to: readonly JsonSchema[],
  direction: Direction,
  at: string,
): SchemaDifference[] {
  const known = new Set(to.flatMap(literalsOf));
  const open = to.filter(isOpen);
  const strange = from
    .flatMap(literalsOf)
    .filter((value) => !known.has(value) && !open.some((one) => fits(value, one, direction)));
  const values = strange.map((value) => JSON.stringify(value)).join(", ");
  return strange.length === 0 ? [] : [unfit(values, direction, at)];
}

function fits(value: unknown, schema: JsonSchema, direction: Direction): boolean {
  const { type } = schema;
  const bare = direction === "output" && type !== undefined ? { type } : schema;
  return z.fromJSONSchema(bare as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success;
}

function unfit(what: string, direction: Direction, at: string): SchemaDifference {
  const input = direction === "input";
  return { at, why: input ? `it does not take ${what} any more` : `it may be ${what} now` };
}

function alternativeDifferences(
  from: JsonSchema,
  to: readonly JsonSchema[],
  direction: Direction,
  at: string,
): SchemaDifference[] {
  const found = to
    .filter((one) => isOpen(one) && sameKind(from, one))
    .map((one) => differencesOfKind(from, one, direction, at));
  const [first, ...others] = found;
  const fitting = found.find((differences) => differences.every(({ note }) => note));
  if (fitting) return fitting;
  const kind = from.$ref === undefined ? String(from.type) : "any JSON";
  return first && others.length === 0 ? first : [unfit(kind, direction, at)];
}

/** Whether one may stand for the other: of one type, and one variant where a field says which. */
function sameKind(from: JsonSchema, to: JsonSchema): boolean {
  if (from.type === "integer" && to.type === "number") return true;
  return (
    from.type === to.type &&
    Object.entries(from.properties ?? {}).every(([name, { const: value }]) => {
      const other = to.properties?.[name]?.const;
      return value === undefined || other === undefined || value === other;
    })
  );
}

function differencesOfKind(
  from: JsonSchema,
  to: JsonSchema,
  direction: Direction,
  at: string,
): SchemaDifference[] {
  const input = direction === "input";
  const formatted = to.format !== undefined && to.format !== from.format;
  return [
    ...(formatted
      ? [{ at, why: input ? `it has to be a ${to.format}` : `it is no ${to.format}` }]
      : []),
    // What an answer's values are bounded by is nothing that its type promises.
    ...(input && !formatted ? boundDifferences(from, to, at) : []),
    ...(from.type === "object" ? objectDifferences(from, to, direction, at) : []),
    ...(from.type === "array" ? arrayDifferences(from, to, direction, at) : []),
  ];
}

const bounds = [
  ...(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"] as const),
  ...(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"] as const),
];
const others = ["multipleOf", "uniqueItems", "contentEncoding"] as const;

function boundDifferences(from: JsonSchema, to: JsonSchema, at: string): SchemaDifference[] {
  const [a, b] = [from, to] as [Record<string, unknown>, Record<string, unknown>];
  const narrower = bounds.filter((name) => {
    const [was, is] = [a[name], b[name]] as (number | undefined)[];
    if (is === undefined) return false;
    return was === undefined || (/max/i.test(name) ? is < was : is > was);
  });
  const pattern = to.pattern !== undefined && to.format === undefined ? ["pattern"] : [];
  const changed = [...others, ...pattern].filter((name) => b[name] && a[name] !== b[name]);
  return [...narrower, ...changed].map((name) => ({
    at,
    why: `its ${name} is ${JSON.stringify(b[name])}, and was ${JSON.stringify(a[name]) ?? "none"}`,
  }));
}

function arrayDifferences(
  from: JsonSchema,
  to: JsonSchema,
  direction: Direction,
  at: string,
): SchemaDifference[] {
  const [parts, others] = [from.prefixItems ?? [], to.prefixItems ?? []];
  if (parts.length !== others.length) return [{ at, why: "it has another number of parts" }];
  return [
    ...parts.flatMap((part, i) => turned(part, others[i] ?? {}, direction, `${at}[${i}]`)),
    ...(isJsonObject(from.items) && isJsonObject(to.items)
      ? turned(from.items, to.items, direction, `${at}[]`)
      : []),
  ];
}

function objectDifferences(
  from: JsonSchema,
  to: JsonSchema,
  direction: Direction,
  at: string,
): SchemaDifference[] {
  const names = new Set([from, to].flatMap(({ properties = {} }) => Object.keys(properties)));
  return [
    ...[...names].flatMap((name) => fieldDifferences(from, to, name, direction, at)),
    ...recordDifferences(from, to, direction, at),
  ];
}

function fieldDifferences(
  from: JsonSchema,
  to: JsonSchema,
  name: string,
  direction: Direction,
  prefix: string,
): SchemaDifference[] {
  const input = direction === "input";
  const at = prefix ? `${prefix}.${name}` : name;
  const [one, other] = [from.properties?.[name], to.properties?.[name]];
  const needed = to.required?.includes(name) && !from.required?.includes(name);
  if (!other) return input ? [{ at, why: "it is not known any more" }] : [];
  if (!one && !input) return [{ at, why: "it is gone" }];
  const required = { at, leftOut: true, why: "it is required now" } as const;
  if (input && needed) return [required];
  if (!one) return [];
  const missing = needed ? [{ at, why: "it may be missing now" }] : [];
  return [
    ...missing,
    ...(input ? defaultDifferences(one, other, at) : []),
    ...turned(one, other, direction, at),
  ];
}

function defaultDifferences(was: JsonSchema, is: JsonSchema, at: string): SchemaDifference[] {
  const [before, now] = [was.default, is.default].map(
    (value) => JSON.stringify(value) ?? "nothing",
  );
  if (before === now) return [];
  return [{ at, leftOut: true, note: true, why: `it stands for ${now}, and stood for ${before}` }];
}

/** Objects whose fields are named by data. */
function recordDifferences(
  from: JsonSchema,
  to: JsonSchema,
  direction: Direction,
  at: string,
): SchemaDifference[] {
  const [values, others] = [from.additionalProperties, to.additionalProperties];
  if (!isJsonObject(values) && !isJsonObject(others)) return [];
  if (!isJsonObject(values) || !isJsonObject(others)) {
    return [{ at, why: "its fields are named otherwise" }];
  }
  const [names, otherNames] = [from, to].map(({ propertyNames }) => propertyNames);
  const text: JsonSchema = { type: "string" };
  return [
    ...turned(names ?? text, otherNames ?? text, direction, `${at} (a name)`),
    ...turned(values as JsonSchema, others as JsonSchema, direction, `${at}[*]`),
  ];
}

/** The differences of parts, which are given in the order of values rather than of time. */
function turned(from: JsonSchema, to: JsonSchema, direction: Direction, at: string) {
  return direction === "input"
    ? schemaDifferences(from, to, direction, at)
    : schemaDifferences(to, from, direction, at);
}
