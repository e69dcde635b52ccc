import { dayAt } from "../import/dates.ts";
import { derivedCommandId } from "../import/derived-command-id.ts";
import type { AddBatchInput, VariantFacts } from "../import/import-client.ts";
import type { PlannedCommand } from "../import/plan.ts";
import { type SampleOrder, sampleOrders } from "./sample-orders.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { type SampleGrade, type SampleVariant, sampleWardrobe } from "./wardrobe.ts";

/** A count on the shelf that differs from the books. */
export type BatchCorrection = PlannedCommand<{ ref: string; qty: number; reason: string }>;

/** What comes in at one time of the day; lines that wait for such pieces are allocated after it. */
export interface SampleDelivery {
  readonly batches: readonly PlannedCommand<AddBatchInput>[];
}

/** A generated day of a re-commerce warehouse, in the order in which it happens. */
export interface SampleDay {
  readonly day: string;
  readonly variants: readonly PlannedCommand<VariantFacts>[];
  readonly openingBatches: readonly PlannedCommand<AddBatchInput>[];
  readonly incoming: readonly PlannedCommand<AddBatchInput>[];
  readonly morningOrders: readonly SampleOrder[];
  readonly noonDelivery: SampleDelivery;
  readonly afternoonOrders: readonly SampleOrder[];
  readonly corrections: readonly BatchCorrection[];
  readonly eveningDelivery: SampleDelivery;
}

/** The day that is played unless another one is asked for. */
export const defaultSampleDay = "2026-03-02";

const seed = 20_260_302;

/** Plans the sample day: the same commands with the same ids each time a day is asked for. */
export function planSampleDay(day: string = defaultSampleDay): SampleDay {
  if (dayAt(day, "YYYY-MM-DD") === null)
    throw new RangeError(`${day} is no day written as YYYY-MM-DD`);
  const random = seededRandom(seed);
  const wardrobe = sampleWardrobe(random);
  const opening = openingBatches(wardrobe, day, random);
  return {
    day,
    variants: wardrobe.map(({ facts }) => planned(day, "registerVariant", facts.sku, facts)),
    openingBatches: opening,
    incoming: wardrobe
      .filter(() => random.chance(0.3))
      .map((variant, at) => incomingBatch(variant, day, at, random)),
    morningOrders: sampleOrders(wardrobe, { day, from: 1, count: 800, fromMinute: 480 }, random),
    noonDelivery: delivery(wardrobe, day, "noon", random),
    afternoonOrders: sampleOrders(
      wardrobe,
      { day, from: 801, count: 900, fromMinute: 780 },
      random,
    ),
    corrections: corrections(opening, day, random),
    eveningDelivery: delivery(wardrobe, day, "evening", random),
  };
}

/** A command of the sample day: its id follows from the day and what it is about. */
export function planned<Input>(
  day: string,
  name: string,
  about: string,
  input: Input,
): PlannedCommand<Input> {
  return { commandId: derivedCommandId("sample-day", day, name, about), input };
}

function openingBatches(
  wardrobe: readonly SampleVariant[],
  day: string,
  random: SeededRandom,
): PlannedCommand<AddBatchInput>[] {
  return wardrobe.flatMap(({ facts, grades }, at) =>
    grades.map((grade, rank) => {
      // Buyers stock up on what sells, and are wrong at times.
      const demand = (at < 30 ? 32 : 17) / (rank + 1);
      const pieces = Math.ceil(demand * (0.6 + random.next()));
      return batch(day, "opening", facts.sku, grade, pieces);
    }),
  );
}

function incomingBatch(
  { facts, grades }: SampleVariant,
  day: string,
  at: number,
  random: SeededRandom,
): PlannedCommand<AddBatchInput> {
  const arrives = new Date(`${day}T08:00:00.000Z`);
  arrives.setUTCDate(arrives.getUTCDate() + 1 + (at % 6));
  const { commandId, input } = batch(
    day,
    "incoming",
    facts.sku,
    grades[0] ?? "N",
    random.int(5, 30),
  );
  return { commandId, input: { ...input, eta: arrives.toISOString() } };
}

function delivery(
  wardrobe: readonly SampleVariant[],
  day: string,
  time: string,
  random: SeededRandom,
): SampleDelivery {
  const batches = wardrobe.flatMap(({ facts, grades }) =>
    grades
      .filter(() => random.chance(0.22))
      .map((grade) => batch(day, time, facts.sku, grade, random.int(4, 20))),
  );
  return { batches };
}

function batch(
  day: string,
  source: string,
  sku: string,
  grade: SampleGrade,
  qty: number,
): PlannedCommand<AddBatchInput> {
  const ref = `sample/${day}/${source}/${sku}/${grade}`;
  return planned(day, "addBatch", ref, { ref, sku, grade, qty });
}

function corrections(
  opening: readonly PlannedCommand<AddBatchInput>[],
  day: string,
  random: SeededRandom,
): BatchCorrection[] {
  return opening
    .filter(() => random.chance(0.2))
    .map(({ input }) => {
      const down = random.chance(0.6);
      const qty = Math.max(0, input.qty + (down ? -random.int(1, 6) : random.int(1, 4)));
      const reason = down
        ? "fewer pieces counted on the shelf"
        : "more pieces counted on the shelf";
      return planned(day, "changeBatchQuantity", input.ref, { ref: input.ref, qty, reason });
    });
}
