import type { VariantFacts } from "../import/import-client.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** A generated variant with what the sample day needs to know beside its facts. */
export interface SampleVariant {
  readonly facts: VariantFacts;
  /** Grades in which the house has pieces of it, the most frequent first. */
  readonly grades: readonly SampleGrade[];
  readonly priceCents: number;
}

/** A grade that can be sold. */
export type SampleGrade = "N" | "A" | "B" | "C";

type Words = readonly [string, ...string[]];

interface Garment {
  readonly code: string;
  readonly category: string;
  readonly sizeSystem: "INT" | "EU" | "one-size";
  readonly sizes: Words;
  readonly materials: Words;
  readonly priceCents: number;
}

const letters: Words = ["S", "M", "L", "XL"];

// Brands, styles and prices are invented; any likeness to real ones is chance.
const brands: Words = ["Aldervane", "Brindlow", "Castermoor", "Dunmarle", "Eskerby", "Fennick Row"];
const colours: Words = [
  "Moss",
  "Ink",
  "Oat",
  "Rust",
  "Plum",
  "Slate",
  "Chalk",
  "Ochre",
  "Teal",
  "Rose",
];
const garments: readonly Garment[] = [
  garment("CAR", "cardigan", "INT", letters, ["wool", "cotton"], 5_900),
  garment("SHI", "shirt", "INT", letters, ["cotton", "linen"], 3_900),
  garment("DRE", "dress", "EU", ["36", "38", "40", "42"], ["viscose", "linen"], 6_900),
  garment("TRO", "trousers", "EU", ["36", "38", "40", "42", "44"], ["wool", "cotton"], 5_400),
  garment("JEA", "jeans", "EU", ["34", "36", "38", "40"], ["denim"], 4_900),
  garment("COA", "coat", "INT", letters, ["wool"], 14_900),
  garment("SKI", "skirt", "EU", ["36", "38", "40"], ["denim", "viscose"], 4_400),
  garment("BOO", "boots", "EU", ["38", "39", "40", "41", "42"], ["leather"], 11_900),
  garment("SCA", "scarf", "one-size", ["one-size"], ["wool", "silk"], 2_400),
  garment("BAG", "bag", "one-size", ["one-size"], ["leather", "canvas"], 7_900),
];

/** Variants of invented styles; their SKUs begin with `SMP-`, so that they are told apart. */
export function sampleWardrobe(random: SeededRandom, count: number): SampleVariant[] {
  const variants: SampleVariant[] = [];
  for (let style = 1; variants.length < count; style += 1)
    for (const one of garments) variants.push(...variantsOf(one, style, random));
  return variants.slice(0, count);
}

function variantsOf(one: Garment, number: number, random: SeededRandom): SampleVariant[] {
  const style = `${one.code}${String(number).padStart(2, "0")}`;
  const brand = random.pick(brands);
  const colour = random.pick(colours);
  const material = random.pick(one.materials);
  const priceCents = one.priceCents + random.int(-4, 8) * 100;
  const { category, sizeSystem } = one;
  return one.sizes.map((size) => ({
    facts: {
      sku: `SMP-${style}-${colour.slice(0, 3).toUpperCase()}-${size === "one-size" ? "OS" : size}`,
      style: `SMP-${style}`,
      brand,
      colour,
      size,
      sizeSystem,
      category,
      material,
    },
    grades: gradesOf(random),
    priceCents,
  }));
}

function gradesOf(random: SeededRandom): SampleGrade[] {
  const others = (["A", "B", "C"] as const).filter((_grade, at) => random.chance(0.75 - at * 0.25));
  return random.chance(0.7) || others.length === 0 ? ["N", ...others] : others;
}

function garment(
  code: string,
  category: string,
  sizeSystem: Garment["sizeSystem"],
  sizes: Words,
  materials: Words,
  priceCents: number,
): Garment {
  return { code, category, sizeSystem, sizes, materials, priceCents };
}
