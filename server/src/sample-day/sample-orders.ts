import { derivedCommandId } from "../import/derived-command-id.ts";
import type { OrderLineInput, PlaceOrderInput } from "../import/import-client.ts";
import type { PlannedCommand } from "../import/plan.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SampleGrade, SampleVariant } from "./wardrobe.ts";

/** An order of the sample day, with what its customer or the floor does to it later. */
export interface SampleOrder extends PlannedCommand<PlaceOrderInput> {
  /** When it is cancelled, or never. */
  readonly cancelled: "noon" | "evening" | null;
  /** Whether its first allocated line is let go again, because the picker finds a flaw. */
  readonly letGo: boolean;
}

interface Batch {
  readonly day: string;
  /** Number of the first order. */
  readonly from: number;
  readonly count: number;
  /** Minute of the day at which the first order comes in; the others follow within four hours. */
  readonly fromMinute: number;
}

interface Channel {
  readonly name: string;
  readonly carrierService: string;
  readonly shipBy: (day: string) => string;
}

const minutesOfHalfDay = 240;
const gradeShare: Readonly<Record<SampleGrade, number>> = { N: 1, A: 0.8, B: 0.6, C: 0.4 };

// Invented channels, one hurried and two patient.
const channels: readonly [Channel, ...Channel[]] = [
  { name: "sample-shop", carrierService: "express", shipBy: (day) => `${day}T17:00:00.000Z` },
  { name: "sample-market", carrierService: "standard", shipBy: nextDay },
  { name: "sample-outlet", carrierService: "standard", shipBy: nextDay },
];

/** The orders of one half of the day, in the order in which they come in. */
export function sampleOrders(
  wardrobe: readonly SampleVariant[],
  batch: Batch,
  random: SeededRandom,
): SampleOrder[] {
  return Array.from({ length: batch.count }, (_none, at) =>
    sampleOrder(wardrobe, batch, at, random),
  );
}

function sampleOrder(
  wardrobe: readonly SampleVariant[],
  { day, from, count, fromMinute }: Batch,
  at: number,
  random: SeededRandom,
): SampleOrder {
  const channel = random.pick(channels);
  const externalRef = `SAMPLE-${day}-${String(from + at).padStart(4, "0")}`;
  const minute = fromMinute + Math.floor((at / count) * minutesOfHalfDay);
  const lines = linesOf(wardrobe, random);
  const cancelled = cancelledWhen(fromMinute < 720, random);
  return {
    commandId: derivedCommandId("sample-day", day, "placeOrder", externalRef),
    input: {
      channel: channel.name,
      externalRef,
      orderedAt: `${day}T${clock(minute)}:00.000Z`,
      lines,
      promise: { shipBy: channel.shipBy(day), carrierService: channel.carrierService },
    },
    cancelled,
    letGo: cancelled === null && random.chance(0.05),
  };
}

function linesOf(wardrobe: readonly SampleVariant[], random: SeededRandom): OrderLineInput[] {
  const count = random.pick([1, 1, 1, 1, 2, 2, 3, 4]);
  return Array.from({ length: count }, () => lineOf(wardrobe, random)).filter(
    (line): line is OrderLineInput => line !== null,
  );
}

function lineOf(wardrobe: readonly SampleVariant[], random: SeededRandom): OrderLineInput | null {
  // The power favours the first variants: best sellers run out, others hardly move.
  const variant = wardrobe[Math.floor(random.next() ** 1.3 * wardrobe.length)];
  if (!variant) return null;
  const grade = variant.grades[Math.floor(random.next() ** 2 * variant.grades.length)] ?? "N";
  const qty = random.chance(0.08) ? 2 : 1;
  const priceCents = Math.round(variant.priceCents * gradeShare[grade]) * qty;
  return { sku: variant.facts.sku, grade, qty, priceCents };
}

function cancelledWhen(morning: boolean, random: SeededRandom): SampleOrder["cancelled"] {
  if (!random.chance(0.07)) return null;
  return morning && random.chance(0.6) ? "noon" : "evening";
}

function clock(minute: number): string {
  const hours = String(Math.floor(minute / 60)).padStart(2, "0");
  return `${hours}:${String(minute % 60).padStart(2, "0")}`;
}

function nextDay(day: string): string {
  const next = new Date(`${day}T15:00:00.000Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString();
}
