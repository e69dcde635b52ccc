import { dayAt } from "../import/dates.ts";
import { type AnnouncedBatch, announcedBatches, openingBatches } from "./plan/batches.ts";
import { type SampleBins, sampleBins } from "./plan/bins.ts";
import { type Correction, sampleCorrections } from "./plan/corrections.ts";
import { type DaySize, wholeDay } from "./plan/day-size.ts";
import { type SampleDeliveries, sampleDeliveries } from "./plan/deliveries.ts";
import { type GradedPiece, gradedPieces } from "./plan/grading.ts";
import { type KeptPiece, keptPieces, type SampleOrder, sampleOrders } from "./plan/orders.ts";
import { people } from "./plan/people.ts";
import { type Planning, planningOf, type SampleCommand } from "./plan/planning.ts";
import { type ShelfWork, shelfWork } from "./plan/shelf-work.ts";
import { seededRandom } from "./seeded-random.ts";
import { type SampleVariant, sampleWardrobe } from "./wardrobe.ts";

/** A generated day of a re-commerce warehouse: all of it that does not follow from answers. */
export interface SampleDay {
  readonly planning: Planning;
  readonly settings: SampleCommand<"settings.changeSettings">;
  readonly variants: readonly SampleCommand<"catalogue.registerVariant">[];
  readonly bins: SampleBins;
  readonly openingBatches: readonly SampleCommand<"stock.addBatch">[];
  readonly announcedBatches: readonly AnnouncedBatch[];
  readonly deliveries: SampleDeliveries;
  readonly grading: readonly GradedPiece[];
  readonly shelfWork: ShelfWork;
  readonly keptPieces: readonly KeptPiece[];
  readonly morningOrders: readonly SampleOrder[];
  readonly afternoonOrders: readonly SampleOrder[];
  readonly corrections: readonly Correction[];
}

/** The day that is played unless another one is asked for. */
export const defaultSampleDay = "2026-03-03";

const seed = 20_260_302;

/** Plans the sample day: the same commands with the same ids each time a day is asked for. */
export function planSampleDay(day: string = defaultSampleDay, size: DaySize = wholeDay): SampleDay {
  if (dayAt(day, "YYYY-MM-DD") === null)
    throw new RangeError(`${day} is no day written as YYYY-MM-DD`);
  const planning = planningOf(day, size);
  const { stockedVariants, secondHandVariants, morningOrders, afternoonOrders } = size;
  // Each part has chances of its own, so that a change of one leaves the others as they are.
  const random = (part: number) => seededRandom(seed + part);
  const wardrobe = sampleWardrobe(random(0), stockedVariants + secondHandVariants);
  const stocked = wardrobe.slice(0, stockedVariants);
  const secondHand = wardrobe.slice(stockedVariants);
  const bins = sampleBins(planning);
  const opening = openingBatches(planning, stocked, bins, random(1));
  const deliveries = sampleDeliveries(planning, { stocked, secondHand, bins, random: random(2) });
  const grading = gradedPieces(planning, deliveries.pieces, bins, random(3));
  const shelves = shelfWork(planning, {
    ...{ pieces: grading, bins, opening },
    ungraded: deliveries.pieces.find(({ isGraded }) => !isGraded),
    lots: deliveries.morning.flatMap(({ lots }) => lots),
  });
  const kept = shelves.onSale.slice(0, size.keptPieces);
  const unsold = shelves.onSale.slice(size.keptPieces);
  const shops = { stocked, singles: { unsold, sold: [] }, random: random(4) };
  const morning = { half: "morning", from: 1, count: morningOrders, fromMinute: 480 } as const;
  const from = morningOrders + 1;
  const afternoon = { half: "afternoon", from, count: afternoonOrders, fromMinute: 780 } as const;
  return {
    planning,
    settings: houseSettings(planning),
    variants: wardrobe.map((variant) => registration(planning, variant)),
    ...{ bins, openingBatches: opening, deliveries, grading, shelfWork: shelves },
    announcedBatches: announcedBatches(planning, stocked, bins, random(5)),
    keptPieces: keptPieces(planning, kept),
    morningOrders: sampleOrders(planning, morning, shops),
    afternoonOrders: sampleOrders(planning, afternoon, shops),
    corrections: sampleCorrections(opening, bins, random(6)),
  };
}

function registration({ command }: Planning, { facts }: SampleVariant) {
  return command(people.lead, "catalogue.registerVariant", facts.sku, facts);
}

function houseSettings({ command }: Planning): SampleCommand<"settings.changeSettings"> {
  // Invented carriers, as the shops' and makers' names are.
  const carriers = [
    { name: "Swiftfoot", cutOff: "12:30" },
    { name: "Hollow Post", cutOff: "17:30" },
  ];
  const decided = { returnWindowDays: 60, carriers };
  return command(people.lead, "settings.changeSettings", "the house", decided);
}
