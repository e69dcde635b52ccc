import { assumeStock } from "./assume-stock.ts";
import { endParcels } from "./end-parcels.ts";
import type { FactSender } from "./fact-sender.ts";
import type { ImportLedger } from "./import-ledger.ts";
import type { ImportReport } from "./import-report.ts";
import type { OrderUnderWay } from "./order-under-way.ts";
import { pickWave } from "./pick-wave.ts";
import { handOver, packParcels } from "./ship-parcels.ts";

/**
 * Takes orders that were shipped through the house, from the shelf to the end that their rows tell.
 * The source knows that end only: the steps before it are inferred, and happen now.
 */
export class WaveSender {
  readonly #facts: FactSender;
  readonly #report: ImportReport;
  readonly #ledger: ImportLedger;

  constructor(facts: FactSender, report: ImportReport, ledger: ImportLedger) {
    this.#facts = facts;
    this.#report = report;
    this.#ledger = ledger;
  }

  /** Settles the orders of one wave, whose commands are sent one after another. */
  async settle(orders: readonly OrderUnderWay[]): Promise<void> {
    const facts = this.#facts;
    const assumed = await assumeStock(facts, orders);
    const platesOf = await pickWave(facts, orders);
    const packed = await packParcels(facts, orders, platesOf);
    const gone = await handOver(facts, packed);
    await endParcels(facts, gone, platesOf);

    this.#report.units.assumedStock += assumed;
    for (const { work, notes, isStuck } of orders) {
      this.#report.orders.unfinished += isStuck ? 1 : 0;
      await this.#ledger.accept(work, notes);
    }
  }
}
