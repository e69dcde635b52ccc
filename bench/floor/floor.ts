import type { PlanWaveData, Selvedge } from "@selvedge/sdk";
import { type SeededRandom, seededRandom } from "../../server/src/sample-day/seeded-random.ts";
import { floorNames, floorStock } from "./house.ts";

/** An inbound that is being received: how many pieces of each line are still to come. */
export interface OpenInbound {
  readonly id: string;
  readonly lines: {
    readonly line: number;
    readonly sku: string;
    readonly isLot: boolean;
    left: number;
  }[];
  /** Plates under which pieces come back on a return. */
  readonly plates: string[];
}

/** Single pieces that are alike. */
export interface Kind {
  readonly sku: string;
  readonly grade: string;
}

/** A single piece on its way to its bin. */
export interface Piece {
  readonly lpn: string;
  readonly sku: string;
  readonly grade?: string;
}

/** What goes into a parcel. */
export type Item = { line: number; lpn: string } | { line: number; qty: number };

/** An order on its way through the floor. */
export interface SoldOrder {
  readonly id: string;
  readonly lines: readonly (Kind & { readonly line: number; readonly isPiece: boolean })[];
  readonly picked: Item[];
  /** Tasks of its wave that are not done yet. */
  openTasks: number;
  /** The line that has lost its pieces, and whether it has others. */
  short?: { readonly line: number; readonly allocated: boolean };
}

/** A task for a picker. */
export type Task = PlanWaveData["tasks"][number] & { readonly waveId: string };

/** Something that can be done on a floor: one command. */
export interface Step {
  /** How often it is done for each hundred orders. */
  readonly weight: number;
  ready(floor: Floor): boolean;
  send(floor: Floor, client: Selvedge): Promise<{ readonly receipt: string }>;
}

/** What one floor of a warehouse knows of its work; what it does, no other floor touches. */
export class Floor {
  readonly random: SeededRandom;
  readonly names: ReturnType<typeof floorNames>;
  readonly inbounds: OpenInbound[] = [];
  readonly toGrade: Piece[] = [];
  readonly toDecide: Piece[] = [];
  readonly toPutAway: Piece[] = [];
  /** Lots that are in no bin yet. */
  readonly lots: string[] = [];
  /** How many single pieces of a SKU and grade can be sold. */
  readonly #sellable = new Map<string, Kind & { pieces: number }>();
  readonly toPlan: SoldOrder[] = [];
  readonly waiting: { readonly order: SoldOrder; readonly line: number }[] = [];
  readonly held: SoldOrder[] = [];
  readonly planned: { readonly waveId: string; readonly tasks: readonly Task[] }[] = [];
  readonly released: { readonly waveId: string; readonly tasks: readonly Task[] }[] = [];
  readonly toPick: Task[] = [];
  readonly inWave = new Map<string, SoldOrder>();
  readonly toPack: SoldOrder[] = [];
  readonly parcels: Record<"packed" | "labelled" | "handedOver", Parcel[]>;
  readonly delivered: SoldOrder[] = [];
  readonly spare: { readonly lpn: string; place: 0 | 1; grade: "A" | "B" }[];
  readonly quarantined: Floor["spare"] = [];
  isCounting = false;
  lastRef = "";
  lastLpn = "";
  #count = 0;

  constructor(floor: number) {
    this.random = seededRandom(floor + 1);
    this.names = floorNames(floor);
    const { pieceSkus, piecesPerSku, spare } = floorStock;
    for (let n = 0; n < pieceSkus; n += 1) {
      this.changeSellable({ sku: this.names.pieceSku(n), grade: "A" }, piecesPerSku);
    }
    this.parcels = { packed: [], labelled: [], handedOver: [] };
    this.spare = Array.from({ length: spare }, (_, n) => ({
      ...{ lpn: this.names.spareLpn(n), place: 0, grade: "A" },
    }));
  }

  /** A name that nothing here had before. */
  newName(of: string): string {
    this.#count += 1;
    return `${this.names.spareSku}/${of}/${this.#count}`;
  }

  get anyBin(): string {
    return this.names.bin(this.random.int(0, floorStock.bins - 1));
  }

  get anyBatchSku(): string {
    return this.names.batchSku(this.random.int(0, floorStock.batchSkus - 1));
  }

  get anyPieceSku(): string {
    return this.names.pieceSku(this.random.int(0, floorStock.pieceSkus - 1));
  }

  /** More pieces of a SKU and grade can be sold, or fewer. */
  changeSellable({ sku, grade }: Kind, by: number): void {
    const key = `${sku} ${grade}`;
    const known = this.#sellable.get(key) ?? { sku, grade, pieces: 0 };
    this.#sellable.set(key, { ...known, pieces: known.pieces + by });
  }

  /** A SKU and grade of which a single piece can be sold, if there is one. */
  anySellable(but: readonly Kind[]): Kind | undefined {
    const taken = new Set(but.map(({ sku }) => sku));
    const all = [...this.#sellable.values()].filter((one) => one.pieces > 0 && !taken.has(one.sku));
    return all[this.random.int(0, all.length - 1)];
  }

  /** A picker is through with a task; after the last one the order goes on. */
  ended(task: Task): void {
    const order = this.inWave.get(task.orderId);
    if (!order) return;
    order.openTasks -= 1;
    if (order.openTasks > 0) return;
    this.inWave.delete(order.id);
    const { short } = order;
    delete order.short;
    if (!short) this.toPack.push(order);
    else if (short.allocated) this.toPlan.push(order);
    else this.waiting.push({ order, line: short.line });
  }
}

/** A parcel of one order. */
export interface Parcel {
  readonly id: string;
  readonly order: SoldOrder;
}

/** Takes the first of a list that must not be empty. */
export function take<T>(from: T[]): T {
  const first = from.shift();
  if (first === undefined) throw new Error("There is nothing left.");
  return first;
}
