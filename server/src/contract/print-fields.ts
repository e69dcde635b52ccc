import { isJsonObject, type JsonSchema } from "./json-schema.ts";
import { type Direction, describeField, printType } from "./print-type.ts";

/**
 * The fields of an object as a Markdown table, those of objects in it by their paths:
 * `lines[].sku`. Answers no line at all where there is no field.
 */
export function printFields(title: string, schema: JsonSchema, direction: Direction): string[] {
  const rows = fieldsOf(schema, "", direction);
  if (rows.length === 0) return [];
  return ["", `| ${title} | type | |`, "|---|---|---|", ...rows];
}

function fieldsOf(
  { properties = {}, required = [] }: JsonSchema,
  prefix: string,
  direction: Direction,
): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const optional = !required.includes(name);
    const { object, list, nullable } = unwrap(property);
    const type = object ? `${list ? "list" : "object"}${nullable ? " | null" : ""}` : undefined;
    const path = `${prefix}${name}`;
    const said = [optional && "Optional.", describeField(property, direction)].filter(Boolean);
    return [
      row([`\`${path}\``, type ?? typeOf(property), said.join(" ")]),
      ...(object ? fieldsOf(object, `${path}${list ? "[]" : ""}.`, direction) : []),
    ];
  });
}

/** The one object with fields of its own that a field holds, where there is one. */
function unwrap(schema: JsonSchema): { object?: JsonSchema; list?: boolean; nullable?: boolean } {
  const { type, properties, items, anyOf } = schema;
  if (type === "object" && properties) return { object: schema };
  if (type === "array" && isJsonObject(items)) {
    return items.type === "object" && items.properties ? { object: items, list: true } : {};
  }
  const others = anyOf?.filter((one) => one.type !== "null") ?? [];
  const [only] = others;
  return only && others.length === 1 && anyOf?.length === 2
    ? { ...unwrap(only), nullable: true }
    : {};
}

function typeOf(schema: JsonSchema): string {
  const [one, list] = schema.anyOf?.map((either) => printType(either, "output")) ?? [];
  // What filters take: the same type, one or several.
  const either = one !== undefined && [`${one}[]`, `(${one})[]`].includes(list ?? "");
  const type = either ? `${one}, or a list` : printType(schema, "output");
  return type.replaceAll(/\s+/g, " ");
}

/** A row of a table; bars in its cells are text. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
