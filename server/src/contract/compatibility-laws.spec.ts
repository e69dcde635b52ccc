import fc, { type GeneratorValue } from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import type { JsonSchema } from "./json-schema.ts";
import type { Direction } from "./print-type.ts";
import { schemaDifferences } from "./schema-differences.ts";

/*
 * The judge is zod: where no difference is found, it takes by the one schema whatever values the
 * other one allows. Shapes, their changes and values are made at random.
 */

type Fields = Readonly<Record<string, { readonly of: Shape; readonly optional: boolean }>>;
type Shape =
  | { readonly is: "text"; readonly max: number }
  | { readonly is: "int"; readonly min: number; readonly max: number }
  | { readonly is: "choice"; readonly of: readonly string[] }
  | { readonly is: "nullable"; readonly of: Shape }
  | { readonly is: "list"; readonly of: Shape; readonly max: number }
  | { readonly is: "object"; readonly fields: Fields };

/** Draws at random: a number up to `max`, or whether something of so many chances comes true. */
class Dice {
  readonly #draw: GeneratorValue;

  constructor(draw: GeneratorValue) {
    this.#draw = draw;
  }

  upTo(max: number): number {
    return this.#draw(fc.integer, { min: 0, max });
  }

  oneIn(chances: number): boolean {
    return this.upTo(chances - 1) === 0;
  }

  some<Item>(items: readonly Item[]): Item[] {
    const chosen = items.filter(() => this.oneIn(2));
    return chosen.length > 0 ? chosen : items.slice(0, 1);
  }
}

const kinds = ["text", "int", "choice", "nullable", "list", "object"] as const;

function makeShape(dice: Dice, depth: number): Shape {
  const kind = kinds[dice.upTo(depth > 0 ? 5 : 2)];
  switch (kind) {
    case "int": {
      const min = dice.upTo(4) - 2;
      return { is: kind, min, max: min + dice.upTo(3) };
    }
    case "choice":
      return { is: kind, of: dice.some(["x", "y", "z"]) };
    case "nullable": {
      const of = makeShape(dice, depth - 1);
      return of.is === kind ? of : { is: kind, of };
    }
    case "list":
      return { is: kind, of: makeShape(dice, depth - 1), max: dice.upTo(3) };
    case "object":
      return { is: kind, fields: makeFields(dice, ["a", "b", "c"], depth - 1) };
    default:
      return { is: "text", max: dice.upTo(3) };
  }
}

function makeFields(dice: Dice, names: readonly string[], depth: number): Fields {
  const field = (name: string) => [name, { of: makeShape(dice, depth), optional: dice.oneIn(2) }];
  return Object.fromEntries(dice.some(names).map(field));
}

/** The shape, changed here and there: for better or worse. */
function changed(dice: Dice, shape: Shape): Shape {
  if (dice.oneIn(12)) return makeShape(dice, 1);
  if (dice.oneIn(12)) return shape.is === "nullable" ? shape.of : { is: "nullable", of: shape };
  switch (shape.is) {
    case "text":
      return dice.oneIn(3) ? { ...shape, max: dice.upTo(3) } : shape;
    case "int":
      return dice.oneIn(3) ? { ...shape, max: Math.max(shape.min, dice.upTo(4) - 1) } : shape;
    case "choice":
      return dice.oneIn(3) ? { ...shape, of: dice.some(["x", "y", "z"]) } : shape;
    case "nullable": {
      const of = changed(dice, shape.of);
      return of.is === "nullable" ? of : { ...shape, of };
    }
    case "list":
      return {
        ...shape,
        of: changed(dice, shape.of),
        max: dice.oneIn(3) ? dice.upTo(3) : shape.max,
      };
    case "object": {
      const kept = Object.entries(shape.fields)
        .filter(() => !dice.oneIn(10))
        .map(([name, { of, optional }]) => [
          name,
          { of: changed(dice, of), optional: dice.oneIn(8) ? !optional : optional },
        ]);
      const more = dice.oneIn(3) ? makeFields(dice, ["d"], 0) : {};
      return { is: "object", fields: { ...Object.fromEntries(kept), ...more } };
    }
  }
}

/** The shape with more in it that nobody has to send. */
function grown(dice: Dice, shape: Shape): Shape {
  switch (shape.is) {
    case "object": {
      const kept = Object.entries(shape.fields).map(([name, { of, optional }]) => [
        name,
        { of: grown(dice, of), optional },
      ]);
      const more = { d: { of: makeShape(dice, 1), optional: true } };
      return { ...shape, fields: { ...Object.fromEntries(kept), ...(dice.oneIn(2) && more) } };
    }
    case "list":
    case "nullable":
      return { ...shape, of: grown(dice, shape.of) };
    default:
      return shape;
  }
}

/** As an input: strict and bounded. As an answer: known by its types, other fields left aside. */
function zodOf(shape: Shape, direction: Direction): z.ZodType {
  const input = direction === "input";
  switch (shape.is) {
    case "text":
      return input ? z.string().max(shape.max) : z.string();
    case "int":
      return input ? z.int().min(shape.min).max(shape.max) : z.int();
    case "choice":
      return z.enum(shape.of);
    case "nullable":
      return zodOf(shape.of, direction).nullable();
    case "list": {
      const list = z.array(zodOf(shape.of, direction));
      return input ? list.max(shape.max) : list;
    }
    case "object": {
      const fields = Object.entries(shape.fields).map(([name, { of, optional }]) => {
        const type = zodOf(of, direction);
        return [name, optional ? type.optional() : type] as const;
      });
      const object = Object.fromEntries(fields);
      return input ? z.strictObject(object) : z.object(object);
    }
  }
}

function makeValue(dice: Dice, shape: Shape): unknown {
  switch (shape.is) {
    case "text":
      return "ab".repeat(2).slice(0, dice.upTo(shape.max));
    case "int":
      return shape.min + dice.upTo(shape.max - shape.min);
    case "choice":
      return shape.of[dice.upTo(shape.of.length - 1)];
    case "nullable":
      return dice.oneIn(3) ? null : makeValue(dice, shape.of);
    case "list":
      return Array.from({ length: dice.upTo(shape.max) }, () => makeValue(dice, shape.of));
    case "object": {
      const said = Object.entries(shape.fields).filter(
        ([, { optional }]) => !optional || dice.oneIn(2),
      );
      return Object.fromEntries(said.map(([name, { of }]) => [name, makeValue(dice, of)]));
    }
  }
}

const objectOf = (dice: Dice): Shape => ({ is: "object", fields: makeFields(dice, ["a", "b"], 2) });
const schemaOf = (shape: Shape) => {
  const { $schema, ...schema } = z.toJSONSchema(zodOf(shape, "input"));
  return schema as JsonSchema;
};
const breaksOf = (was: Shape, is: Shape, direction: Direction) =>
  schemaDifferences(schemaOf(was), schemaOf(is), direction).filter(({ note }) => !note);

test.each(["input", "output"] as const)(
  "where no difference of an %s is found, every value fits",
  (direction) => {
    const judged = { same: 0, different: 0 };
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const dice = new Dice(draw);
        const was = objectOf(dice);
        const is = changed(dice, was);
        const breaks = breaksOf(was, is, direction);
        judged[breaks.length === 0 ? "same" : "different"] += 1;
        if (breaks.length > 0) return;
        const [from, to] = direction === "input" ? [was, is] : [is, was];
        const value = makeValue(dice, from);
        const { success } = zodOf(to, direction).safeParse(value);
        expect([JSON.stringify(value), success]).toEqual([JSON.stringify(value), true]);
      }),
      { numRuns: 500 },
    );
    // A law over nothing would hold whatever is written.
    expect(Math.min(judged.same, judged.different)).toBeGreaterThan(50);
  },
);

test.each(["input", "output"] as const)("what only grows breaks nobody: %s", (direction) => {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const dice = new Dice(draw);
      const was = objectOf(dice);
      expect(breaksOf(was, grown(dice, was), direction)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
