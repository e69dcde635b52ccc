import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import type { binKinds } from "./inputs.ts";
import { binsRefusals } from "./refusals.ts";

/** What a bin is for. */
export type BinKind = (typeof binKinds)[number];

/** Where a bin stands, what it is for, and how many pieces it holds. */
export interface BinFacts {
  readonly zone: string;
  readonly pickSequence: number;
  readonly kind: BinKind;
  readonly capacity: number;
}

const BinSchema = defineEntity({
  name: "Bin",
  tableName: "bin",
  properties: {
    tenant: p.text().primary(),
    warehouse: p.text().primary(),
    code: p.text().primary(),
    zone: p.text(),
    pickSequence: p.integer(),
    kind: p.text().$type<BinKind>(),
    capacity: p.integer(),
    occupied: p.integer(),
    countState: p.text().$type<"none" | "due" | "counting">(),
    countReason: p.text().nullable(),
    countingBy: p.text().nullable(),
    countSince: p.datetime().nullable(),
    countedAt: p.datetime().nullable(),
    // Held rows need no check, and with one an update without an event is taken for a conflict.
    version: p.integer(),
  },
});

const factNames = [
  "zone",
  "pickSequence",
  "kind",
  "capacity",
] as const satisfies (keyof BinFacts)[];

/** What somebody has counted in a bin, against what was known of it. */
export interface CountResult {
  /** So many pieces more, or fewer, lie in it than its books said. */
  readonly pieces: number;
  readonly expected: number;
  readonly seen: number;
  readonly reason: string;
  /** Plates and references that the house does not know. */
  readonly unknown: readonly string[];
}

/**
 * A place that holds pieces. How many it holds is counted while its row is held, and is no event of
 * its own: those are in the lives of the pieces.
 */
export class Bin extends BinSchema.class implements Aggregate {
  /** The warehouse gets a new bin. */
  static register(
    of: { tenant: string; warehouse: string; code: string },
    facts: BinFacts,
  ): DomainEvent {
    const empty = { occupied: 0, countState: "none" as const, version: 0 };
    const never = { countReason: null, countingBy: null, countSince: null, countedAt: null };
    const bin = Object.assign(new Bin(), of, facts, empty, never);
    return happened(bin, "BinRegistered", { ...facts });
  }

  journalKey() {
    const names = [this.warehouse, this.code];
    const id = names.map((name) => name.replace(/[%/]/g, encodeURIComponent)).join("/");
    return { kind: "Bin", id };
  }

  /** Refuses unless it is registered with these facts. */
  requireFacts(facts: BinFacts): void {
    const differs = factNames
      .filter((fact) => this[fact] !== facts[fact])
      .map((fact) => ({ fact, known: this[fact], given: facts[fact] }));
    if (differs.length > 0) throw binsRefusals.because("bin-differs", { bin: this.code, differs });
  }

  /**
   * Pieces are put in, or taken out where the number is below zero; not while it is counted, unless
   * what changes are its books alone.
   */
  hold(pieces: number, what: "pieces" | "books" = "pieces"): void {
    if (what === "pieces" && this.countState === "counting") {
      throw this.#because("bin-being-counted");
    }
    this.#change(pieces);
  }

  /** Refuses unless it is of one of these kinds. */
  requireKind(kinds: readonly BinKind[]): void {
    if (kinds.includes(this.kind)) return;
    const { code: bin, kind } = this;
    throw binsRefusals.because("bin-unfit", { bin, kind, needs: kinds });
  }

  /** Something was not as it should be: somebody is to count it. Asking twice is no news. */
  askForCount(reason: string): DomainEvent | undefined {
    if (this.countState !== "none") return undefined;
    Object.assign(this, { countState: "due", countReason: reason });
    return happened(this, "BinCountAsked", { reason });
  }

  /** Somebody counts it; until they are done nothing goes in or out. */
  startCount(by: string, at: Date): DomainEvent {
    if (this.countState === "counting") throw this.#because("bin-being-counted");

    Object.assign(this, { countState: "counting", countingBy: by, countSince: at });
    return happened(this, "BinCountStarted", { reason: this.countReason ?? null });
  }

  /** Refuses unless it is being counted by this person; a lead may end anybody's count. */
  requireCounting(by: string, isLead: boolean): void {
    if (this.countState !== "counting") throw this.#because("bin-not-being-counted");
    if (this.countingBy !== by && !isLead) throw this.#because("counted-by-another");
  }

  /** It is counted, and what differed is put right. */
  endCount({ pieces, ...counted }: CountResult, at: Date): DomainEvent {
    if (this.countState !== "counting") throw this.#because("bin-not-being-counted");

    this.#change(pieces);
    const none = { countState: "none", countReason: null, countingBy: null, countSince: null };
    Object.assign(this, none, { countedAt: at });
    return happened(this, "BinCounted", { ...counted });
  }

  #change(pieces: number): void {
    const occupied = this.occupied + pieces;
    if (occupied > this.capacity) throw this.#because("bin-full");
    if (occupied < 0) throw new Error(`Bin ${this.code} would hold ${occupied} pieces.`);
    this.occupied = occupied;
  }

  #because(
    reason: "bin-being-counted" | "bin-not-being-counted" | "bin-full" | "counted-by-another",
  ) {
    const { code: bin, capacity, occupied, countingBy = null } = this;
    const details = reason === "bin-full" ? { bin, capacity, occupied } : { bin, countingBy };
    return binsRefusals.because(reason, details);
  }
}

BinSchema.setClass(Bin);
