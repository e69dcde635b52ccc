import { inLetterCase, quoted, readKnown } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { VariantFacts } from "./import-client.ts";
import type { VariantsMapping } from "./mapping.ts";
import type { SourceRow } from "./source-rows.ts";

/** A variant as one row states it, with what is wrong or worth noting about it. */
export interface ReadVariant {
  readonly facts: VariantFacts;
  readonly causes: readonly string[];
  readonly notes: readonly string[];
}

const plainFacts = ["style", "brand", "colour", "category", "material"] as const;

/** Reads what a row says about its variant; a fact that it leaves open is left out and noted. */
export function readVariant(
  row: SourceRow,
  columns: Columns,
  mapping: VariantsMapping,
): ReadVariant {
  const causes: string[] = [];
  const notes: string[] = [];
  const named = "sku" in mapping.constants ? mapping.constants.sku : undefined;
  const sku = columns.has("sku") ? undefined : named;
  const facts: VariantFacts = { sku: sku ?? readSku(row, columns, causes) };

  if (mapping.constants.brand) facts.brand = mapping.constants.brand;
  for (const field of plainFacts) {
    const value = columns.textOf(row, field);
    if (!columns.has(field)) continue;
    if (value === "" || columns.isMissing(value)) {
      notes.push(`${columns.nameOf(field)} is ${value === "" ? "blank" : quoted(value)}: left out`);
      continue;
    }
    const known = field === "category" || field === "colour" ? mapping.values[field] : undefined;
    if (known) {
      const cell = readKnown(columns.nameOf(field), value, known);
      if (cell.ok) facts[field] = cell.value;
      else causes.push(cell.cause);
    } else facts[field] = inLetterCase(value, mapping.letterCase[field]);
  }
  readSize(row, columns, mapping, facts, causes);
  return { facts, causes, notes };
}

function readSku(row: SourceRow, columns: Columns, causes: string[]): string {
  const sku = columns.textOf(row, "sku");
  if (sku === "") causes.push(`${columns.nameOf("sku")} is blank`);
  else if (columns.isMissing(sku)) causes.push(`${columns.nameOf("sku")} is ${quoted(sku)}`);
  return sku;
}

function readSize(
  row: SourceRow,
  columns: Columns,
  mapping: VariantsMapping,
  facts: VariantFacts,
  causes: string[],
): void {
  if (!columns.has("size")) return;
  const value = columns.textOf(row, "size");
  const name = columns.nameOf("size");
  if (value === "" || columns.isMissing(value)) {
    causes.push(`${name} is ${value === "" ? "blank" : quoted(value)}`);
    return;
  }
  const cell = mapping.values.size
    ? readKnown(name, value, mapping.values.size)
    : { ok: true as const, value };
  if (!cell.ok) {
    causes.push(cell.cause);
    return;
  }
  facts.size = cell.value;
  const system = cell.value === "one-size" ? "one-size" : mapping.constants.sizeSystem;
  if (system) facts.sizeSystem = system;
}

/** The facts in which two statements about one SKU differ, in words, or null when they agree. */
export function differenceOf(kept: VariantFacts, given: VariantFacts): string | null {
  const differing = (["style", "brand", "colour", "size", "category", "material"] as const)
    .filter((fact) => kept[fact] !== undefined && given[fact] !== undefined)
    .filter((fact) => kept[fact] !== given[fact])
    .map((fact) => `${fact} is ${quoted(String(kept[fact]))}, not ${quoted(String(given[fact]))}`);
  return differing.length === 0 ? null : differing.join("; ");
}
