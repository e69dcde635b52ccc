import { type JournalEntry, UnitOfWork } from "../../server/src/kernel/unit-of-work.ts";
import { Bin } from "../../server/src/modules/bins/bin.ts";
import { Garment } from "../../server/src/modules/garments/garment.ts";
import { SkuStock } from "../../server/src/modules/stock/sku-stock.ts";
import { PickWave } from "../../server/src/modules/waves/pick-wave.ts";

/** One thing made wrong in the house, on purpose. */
export interface Mutant {
  readonly doc: string;
  /** Commands by which it shows. */
  readonly shownBy: readonly string[];
  /** What is found then. */
  readonly finds: RegExp;
  /** Makes it wrong in this process; answers how to undo that. */
  plant(): () => void;
}

/** Puts another method in the place of a class's own, which it is handed. */
function instead<Class extends object, Name extends keyof Class & string>(
  of: { readonly prototype: Class },
  name: Name,
  method: (own: Class[Name]) => Class[Name],
): () => () => void {
  return () => {
    const own = of.prototype[name];
    of.prototype[name] = method(own);
    return () => {
      of.prototype[name] = own;
    };
  };
}

/** Houses that are wrong in one place each. */
export const mutants: readonly Mutant[] = [
  {
    doc: "a bin is not free again once a piece has left it",
    shownBy: ["garments.sendToRework", "waves.confirmPick", "garments.decideDisposition"],
    finds: /^Error: bins \S+ is /,
    plant: instead(
      Bin,
      "hold",
      (own) =>
        function (this: Bin, pieces, what) {
          if (pieces >= 0) own.call(this, pieces, what);
        },
    ),
  },
  {
    doc: "any bin will do",
    shownBy: ["garments.putAway", "garments.movePiece", "stock.putAwayLot"],
    finds: /^Error: it was accepted: expected \[ .bin-unfit/,
    plant: instead(Bin, "requireKind", () => () => undefined),
  },
  {
    doc: "a line gives its pieces back twice",
    shownBy: ["stock.deallocateLine", "waves.reportShortPick"],
    finds: /^Error: batches \S+ is /,
    plant: instead(
      SkuStock,
      "deallocate",
      (own) =>
        function (this: SkuStock, orderId, line, why) {
          const batch = this.batches.find(({ ref }) => ref === this.batchOf(orderId, line));
          const { qty } = this.allocations.find((one) => one.orderId === orderId) ?? { qty: 0 };
          const event = own.call(this, orderId, line, why);
          if (batch) batch.allocated = Math.max(batch.allocated - qty, 0);
          return event;
        },
    ),
  },
  {
    doc: "what a carrier has is still on hand",
    shownBy: ["shipments.handOver", "shipments.labelParcel", "shipments.packParcel"],
    finds: /^Error: batches \S+ is /,
    plant: instead(
      SkuStock,
      "ship",
      (own) =>
        function (this: SkuStock, orderId, line, qty) {
          const event = own.call(this, orderId, line, qty);
          const batch = this.batches.find(({ ref }) => ref === this.batchOf(orderId, line));
          if (batch) batch.qty += qty;
          return event;
        },
    ),
  },
  {
    doc: "a move is not written into the journal",
    shownBy: ["garments.movePiece"],
    finds: /one row of the journal a version: .*"Garment"/,
    plant: instead(
      UnitOfWork,
      "record",
      (own) =>
        function (this: UnitOfWork, ...events) {
          own.call(this, ...events);
          const isMove = events.some(({ type }) => type === "GarmentMoved");
          if (isMove) (this.journal as JournalEntry[]).pop();
        },
    ),
  },
  {
    doc: "what an order has lost is picked all the same",
    shownBy: ["orders.cancelOrder", "garments.quarantine", "stock.deallocateLine"],
    finds: /^Error: waves \S+ is /,
    plant: instead(PickWave, "cancelTasks", () => () => []),
  },
  {
    doc: "a piece stays packed when its parcel is opened",
    shownBy: ["shipments.unpackParcel", "shipments.packParcel", "waves.confirmPick"],
    finds: /^Error: pieces \S+ is .*"packed"/,
    plant: instead(
      Garment,
      "unpack",
      (own) =>
        function (this: Garment, shipmentId, reason) {
          const event = own.call(this, shipmentId, reason);
          this.status = "packed";
          return event;
        },
    ),
  },
];
