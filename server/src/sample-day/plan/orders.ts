import type { InputOf } from "../sample-day-client.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { SampleGrade, SampleVariant } from "../wardrobe.ts";
import type { Planning, SampleCommand } from "./planning.ts";
import type { PieceOnSale } from "./shelf-work.ts";

/** An order of the sample day, with what its customer or the floor does to it later. */
export interface SampleOrder extends SampleCommand<"orders.placeOrder"> {
  readonly half: "morning" | "afternoon";
  readonly fate: OrderFate;
}

/** What happens to an order beside being picked and shipped. */
export type OrderFate =
  | "ships"
  /** It is about one piece and no other like it. */
  | "wants this piece"
  /** Its customer steps back at noon, in the evening, when it is picked, or when it is gone. */
  | "cancelled at noon"
  | "cancelled in the evening"
  | "cancelled when picked"
  | "cancelled too late"
  /** Its first line is let go again, because somebody sees a flaw. */
  | "let go"
  /** Its payment is in doubt: until noon, or for longer, or only when it is packed. */
  | "held"
  | "held for long"
  | "held when packed"
  /** What its first line needs is not in its bin. */
  | "short"
  | "two parcels"
  | "torn carton"
  | "lost"
  | "returned";

/** A piece that a customer has asked for before it was on sale. */
export interface KeptPiece {
  readonly lpn: string;
  readonly order: SampleOrder;
  /** When the customer must have paid; null if they have. */
  readonly until: string | null;
  /** Somebody else's order for the very same piece. */
  readonly rival: SampleOrder | null;
}

type Weights = readonly (readonly [OrderFate, number])[];

/** In percent; the rest of the orders just ships. */
const morningFates: Weights = [
  ["held", 3],
  ["cancelled at noon", 5],
  ["let go", 4],
  ["short", 2],
  ["two parcels", 4],
  ["torn carton", 1],
  ["lost", 1.5],
  ["cancelled too late", 1.5],
  ["held when packed", 1],
  ["held for long", 1],
  ["returned", 14],
];
const afternoonFates: Weights = [
  ["cancelled in the evening", 6],
  ["cancelled when picked", 2],
  ["short", 1],
  ["held for long", 2],
  ["two parcels", 3],
];

/**
 * What only shows with a single piece: that it comes back, is put back, or comes out of its parcel.
 * The first orders that this happens to are for a single piece that nobody else wants.
 */
const toldBySingles: readonly OrderFate[] = [
  ...(["let go", "torn carton", "returned", "cancelled when picked"] as const),
];

interface Channel {
  readonly name: string;
  readonly carrierService: string;
  readonly shipBy: (day: string) => string;
}

interface Half {
  readonly half: SampleOrder["half"];
  /** Number of the first order. */
  readonly from: number;
  readonly count: number;
  /** Minute of the day at which the first order comes in; the others follow within four hours. */
  readonly fromMinute: number;
}

interface Facts {
  readonly stocked: readonly SampleVariant[];
  readonly singles: SinglesOnSale;
  readonly random: SeededRandom;
}

/** Single pieces in the shops' windows: those that were not sold yet, and those that were. */
export interface SinglesOnSale {
  readonly unsold: PieceOnSale[];
  readonly sold: PieceOnSale[];
}

const minutesOfHalfDay = 240;
const gradeShare: Readonly<Record<string, number>> = { N: 1, A: 0.8, B: 0.6, C: 0.4 };

// Invented channels, one hurried and two patient.
const channels: readonly [Channel, ...Channel[]] = [
  { name: "sample-shop", carrierService: "express", shipBy: (day) => `${day}T17:00:00.000Z` },
  { name: "sample-market", carrierService: "standard", shipBy: nextDay },
  { name: "sample-outlet", carrierService: "standard", shipBy: nextDay },
];

/** The orders of one half of the day, in the order in which they come in. */
export function sampleOrders(planning: Planning, half: Half, facts: Facts): SampleOrder[] {
  const isMorning = half.half === "morning";
  const weights = isMorning ? morningFates : afternoonFates;
  return Array.from({ length: half.count }, (_none, at) => {
    const minute = half.fromMinute + Math.floor((at / half.count) * minutesOfHalfDay);
    const fate = fateOf(weights, at, facts.random);
    const isTold = toldBySingles.includes(fate) && at < 2 * weights.length;
    const lines = isTold ? onlyPiece(facts) : linesOf(facts);
    // What comes in after noon is picked on the same day where it is express.
    const express = isTold && !isMorning;
    const channel = express ? channels[0] : facts.random.pick(channels);
    const number = String(half.from + at).padStart(4, "0");
    return orderOf(planning, { number, channel, minute, lines, half: half.half, fate });
  });
}

/** Orders for pieces that are not on sale yet; some of them are wanted twice, or never paid. */
export function keptPieces(planning: Planning, pieces: readonly PieceOnSale[]): KeptPiece[] {
  const { day } = planning;
  return pieces.map((piece, at) => {
    const { lpn } = piece;
    const lines = [lineOfPiece(piece)];
    const order = (whose: string) => {
      const number = `${whose}${String(at + 1).padStart(3, "0")}`;
      const of = { channel: channels[0], minute: 440 + at, lines, half: "morning" } as const;
      return orderOf(planning, { number, ...of, fate: "wants this piece" });
    };
    const isUnpaid = at % 4 === 1;
    const until = isUnpaid ? `${day}T10:00:00.000Z` : null;
    return { lpn, order: order("K"), until, rival: at % 6 === 2 ? order("R") : null };
  });
}

function orderOf(planning: Planning, facts: OrderFacts): SampleOrder {
  const { day, label } = planning;
  const { number, channel, minute, lines, half, fate } = facts;
  const externalRef = `SAMPLE-${label}-${number}`;
  const command = planning.command(channel.name, "orders.placeOrder", externalRef, {
    channel: channel.name,
    externalRef,
    orderedAt: `${day}T${clock(minute)}:00.000Z`,
    lines,
    promise: { shipBy: channel.shipBy(day), carrierService: channel.carrierService },
  });
  return { ...command, half, fate };
}

type Lines = InputOf<"orders.placeOrder">["lines"];

interface OrderFacts {
  readonly number: string;
  readonly channel: Channel;
  readonly minute: number;
  readonly lines: Lines;
  readonly half: SampleOrder["half"];
  readonly fate: OrderFate;
}

function linesOf(facts: Facts): Lines[number][] {
  const count = facts.random.pick([1, 1, 1, 1, 2, 2, 3, 4]);
  return Array.from({ length: count }, () => lineOf(facts)).flatMap((line) => line ?? []);
}

function onlyPiece({ singles: { unsold }, random }: Facts): Lines[number][] {
  const [piece] = unsold.splice(Math.floor(random.next() * unsold.length), 1);
  return piece ? [lineOfPiece(piece)] : [];
}

function lineOf(facts: Facts): Lines[number] | null {
  const { singles, random } = facts;
  return (random.chance(0.14) ? singleLine(singles, random) : null) ?? batchLine(facts);
}

/** One of its kind, which somebody else may have bought before. */
function singleLine({ unsold, sold }: SinglesOnSale, random: SeededRandom): Lines[number] | null {
  const from = random.chance(0.15) ? sold : unsold;
  const at = Math.floor(random.next() * from.length);
  const piece = from[at];
  if (!piece) return null;
  if (from === unsold) sold.push(...unsold.splice(at, 1));
  return lineOfPiece(piece);
}

function lineOfPiece({ sku, grade, priceCents }: PieceOnSale): Lines[number] {
  return { sku, grade, qty: 1, priceCents: priceOf(priceCents, grade) };
}

function batchLine({ stocked, random }: Facts): Lines[number] | null {
  // The power favours the first variants: best sellers run out, others hardly move.
  const variant = stocked[Math.floor(random.next() ** 1.3 * stocked.length)];
  if (!variant) return null;
  const grades = variant.grades.slice(0, 2);
  const grade: SampleGrade = grades[Math.floor(random.next() ** 2 * grades.length)] ?? "N";
  const qty = random.chance(0.08) ? 2 : 1;
  return {
    sku: variant.facts.sku,
    grade,
    qty,
    priceCents: priceOf(variant.priceCents, grade) * qty,
  };
}

/** Each fate comes once, after some orders that just ship, before chance begins to choose. */
function fateOf(weights: Weights, at: number, random: SeededRandom): OrderFate {
  let left = random.next() * 100;
  const first = at % 2 === 0 ? weights[at / 2] : undefined;
  if (first) return first[0];
  for (const [fate, weight] of weights) {
    left -= weight;
    if (left < 0) return fate;
  }
  return "ships";
}

function priceOf(priceCents: number, grade: string): number {
  return Math.round(priceCents * (gradeShare[grade] ?? 1));
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
