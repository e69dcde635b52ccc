import { anyJsonRef, isJsonObject, type JsonSchema } from "./json-schema.ts";
import { type Direction, unknownKeyword } from "./print-type.ts";

const int32Max = 2 ** 31 - 1;

/**
 * A schema of the contract as one of OpenAPI 3.1, whose schemas are the same JSON schemas. Throws
 * at whatever would say less there than it means.
 */
export function openapiSchema(schema: JsonSchema, direction: Direction): JsonSchema {
  if (schema.$ref === anyJsonRef) return { $ref: "#/components/schemas/JsonValue" };
  const odd = unknownKeyword(schema);
  if (odd !== undefined) throw new Error(`cannot express "${odd}" of ${JSON.stringify(schema)}`);
  const { type, enum: values, anyOf, oneOf } = schema;
  if (!type && !values && !anyOf && !oneOf && !("const" in schema)) {
    throw new Error("has a value of unknown type; say which (z.unknown and z.any say nothing)");
  }
  return mapParts(withoutNoise(schema, direction), (part) => openapiSchema(part, direction));
}

function withoutNoise(schema: JsonSchema, direction: Direction): JsonSchema {
  const { pattern, minimum, maximum, additionalProperties: others, ...rest } = schema;
  const integer = schema.type === "integer";
  return {
    ...rest,
    // Answers may have more fields in a later version, so nobody is told that there are no others.
    ...(others !== undefined &&
      (others || direction === "input") && {
        additionalProperties: others,
      }),
    // A format says it shorter than zod's pattern for it.
    ...(pattern !== undefined && !schema.format && { pattern }),
    // The bounds of JavaScript's integers are no rule of ours, but they tell typed languages that
    // 32 bits do not hold the number.
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
    ...(integer && { format: (maximum ?? Infinity) > int32Max ? "int64" : "int32" }),
  };
}

function mapParts(schema: JsonSchema, change: (part: JsonSchema) => JsonSchema): JsonSchema {
  const { anyOf, oneOf, prefixItems, properties, additionalProperties, items } = schema;
  return {
    ...schema,
    ...(anyOf && { anyOf: anyOf.map(change) }),
    ...(oneOf && { oneOf: oneOf.map(change) }),
    ...(prefixItems && { prefixItems: prefixItems.map(change) }),
    ...(isJsonObject(items) && { items: change(items) }),
    ...(isJsonObject(additionalProperties) && {
      additionalProperties: change(additionalProperties),
    }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [name, change(part)]),
      ),
    }),
  };
}
