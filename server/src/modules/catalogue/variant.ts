import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { catalogueRefusals } from "./refusals.ts";

/** Facts that describe a variant; one that is not stated is not known. */
export interface VariantFacts {
  readonly style?: string | undefined;
  readonly brand?: string | undefined;
  readonly colour?: string | undefined;
  readonly size?: string | undefined;
  readonly sizeSystem?: string | undefined;
  readonly category?: string | undefined;
  readonly material?: string | undefined;
}

const factNames = [
  "style",
  "brand",
  "colour",
  "size",
  "sizeSystem",
  "category",
  "material",
] as const satisfies (keyof VariantFacts)[];

const VariantSchema = defineEntity({
  name: "Variant",
  tableName: "variant",
  properties: {
    tenant: p.text().primary(),
    sku: p.text().primary(),
    style: p.text().nullable(),
    brand: p.text().nullable(),
    colour: p.text().nullable(),
    size: p.text().nullable(),
    sizeSystem: p.text().nullable(),
    category: p.text().nullable(),
    material: p.text().nullable(),
    version: p.integer().concurrencyCheck(),
  },
});

/** Something the house trades in: a style in one colour and size, known by its SKU. */
export class Variant extends VariantSchema.class implements Aggregate {
  /** A SKU that nobody has described yet. */
  static unregistered(tenant: string, sku: string): Variant {
    const variant = new Variant();
    variant.tenant = tenant;
    variant.sku = sku;
    variant.version = 0;
    return variant;
  }

  journalKey() {
    return { kind: "Variant", id: this.sku };
  }

  /**
   * States the variant's facts. Saying the same again changes nothing and answers no event; a fact
   * that contradicts a known one is refused, and one that was not stated before is not a
   * contradiction.
   */
  register(facts: VariantFacts): DomainEvent | undefined {
    const stated = factNames.filter((fact) => facts[fact] !== undefined);
    const differs = stated
      .filter((fact) => this[fact] != null && this[fact] !== facts[fact])
      .map((fact) => ({ fact, known: this[fact], given: facts[fact] }));
    if (differs.length > 0) {
      throw catalogueRefusals.because("variant-differs", { sku: this.sku, differs });
    }
    const added = stated.filter((fact) => this[fact] == null);
    if (this.version > 0 && added.length === 0) return undefined;

    for (const fact of added) this[fact] = facts[fact] as string;
    const news = Object.fromEntries(added.map((fact) => [fact, facts[fact]]));
    return happened(this, "VariantRegistered", { sku: this.sku, ...news });
  }
}

VariantSchema.setClass(Variant);
