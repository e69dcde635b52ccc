import { CountedCommands } from "./counted-commands.ts";
import { FactSender } from "./fact-sender.ts";
import type { PlannedWave } from "./gather-waves.ts";
import type { ImportClient, PlacedOrder } from "./import-client.ts";
import type { ImportLedger } from "./import-ledger.ts";
import type { ImportReport } from "./import-report.ts";
import type { Mapping } from "./mapping.ts";
import { OrderUnderWay } from "./order-under-way.ts";
import { stockPlaceholder } from "./placeholder-stock.ts";
import {
  type Planned,
  type PlannedOrder,
  type PlannedSending,
  type PlannedStock,
  type RowNote,
  rowOfSku,
} from "./plan.ts";
import type { Outcome } from "./send-command.ts";
import { TradeSender } from "./trade-sender.ts";
import { VariantRegistry } from "./variant-registry.ts";
import { WaveSender } from "./wave-sender.ts";

/** What an import is sent with. */
export interface SendingParts {
  readonly client: ImportClient;
  readonly mapping: Mapping;
  readonly report: ImportReport;
  readonly ledger: ImportLedger;
  /** At most so many commands are under way at once; 16 unless told. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends what was planned, the commands of one order or SKU one after another. */
export class WorkSender {
  readonly #client: ImportClient;
  readonly #report: ImportReport;
  readonly #ledger: ImportLedger;
  readonly #registry: VariantRegistry;
  readonly #commands: CountedCommands;
  readonly #trade: TradeSender;
  readonly #facts: FactSender | null;
  readonly #waves: WaveSender | null;
  readonly #underWay = new WeakMap<PlannedOrder, Promise<OrderUnderWay | null>>();

  constructor({ client, mapping, report, ledger, concurrency = 16, signal }: SendingParts) {
    const commands = new CountedCommands(report, concurrency);
    const facts =
      mapping.kind === "orders" ? new FactSender(client, commands, { mapping, signal }) : null;
    this.#client = client;
    this.#report = report;
    this.#ledger = ledger;
    this.#commands = commands;
    this.#trade = new TradeSender(client, report, commands);
    this.#facts = facts;
    this.#waves = facts && new WaveSender(facts, report, ledger);
    this.#registry = new VariantRegistry((command) =>
      commands.send("registerVariant", () =>
        client.catalogue.registerVariant(command.input, { commandId: command.commandId }),
      ),
    );
  }

  /** Sends what has to be there before the first of so many rows. */
  async open(rows: number): Promise<void> {
    if (this.#facts === null || this.#report.dryRun) return;
    this.#report.units.assumedStock += await stockPlaceholder(this.#facts, rows);
  }

  /**
   * Settles one planned piece of work: afterwards all its rows are accepted, rejected or set aside.
   * An order that was shipped is only placed by it, and settled by its wave.
   */
  async settle(planned: Planned | PlannedWave): Promise<void> {
    if (planned.kind === "wave") return this.#settleWave(planned);
    if (planned.kind === "rejected") return this.#ledger.reject([planned]);
    if (planned.kind === "aside") return this.#ledger.setAside(planned);
    if (this.#report.dryRun) {
      this.#trade.assume(planned);
      return this.#ledger.accept(planned, planned.notes);
    }

    const underWay = this.#settleSending(planned);
    if (planned.kind === "order") this.#underWay.set(planned, underWay);
    await underWay;
  }

  /** Sends a piece of work; answers the order where there is more to do for it. */
  async #settleSending(work: PlannedSending): Promise<OrderUnderWay | null> {
    const notes: RowNote[] = [...work.notes];
    // Both begin before anything that stands later in the file.
    const registering = this.#registerVariants(work, notes);
    this.#trade.begin(work, registering);
    try {
      const done = (await registering) ?? (await this.#apply(work, notes));
      if (typeof done === "string") {
        this.#trade.end(work, null);
        await this.#ledger.reject(refusedRows(work, done));
      } else if (done !== null && work.kind === "order" && work.parcels.length > 0) {
        return new OrderUnderWay(work, done, notes);
      } else await this.#ledger.accept(work, notes);
      return null;
    } catch (error) {
      this.#trade.fail(work, error);
      throw error;
    }
  }

  async #settleWave({ orders }: PlannedWave): Promise<void> {
    if (this.#report.dryRun) return;
    const placed = await Promise.all(orders.map((order) => this.#underWay.get(order)));
    await this.#waves?.settle(placed.filter((order) => order != null));
  }

  /** Answers why the work is refused, or the order that it has placed, or null. */
  async #apply(work: PlannedSending, notes: RowNote[]): Promise<string | PlacedOrder | null> {
    if (work.kind === "stock") return this.#addBatch(work);
    if (work.kind === "reduction") return this.#trade.reduce(work);
    notes.push(...(await this.#trade.opened(work)));
    return work.kind === "order" ? this.#placeOrder(work, notes) : this.#trade.correct(work);
  }

  async #registerVariants(work: PlannedSending, notes: RowNote[]): Promise<string | null> {
    const registrations = await settledAll(
      work.variants.map(async (variant) => ({
        ...(await this.#registry.ensure(variant)),
        sku: variant.input.sku,
      })),
    );
    for (const { refusal, note, sku } of registrations) {
      if (refusal !== null) return `${refusal} (SKU ${sku})`;
      const row = rowOfSku(work, sku);
      if (note !== null && row) notes.push({ row, cause: note, reason: note });
    }
    return null;
  }

  async #addBatch(work: PlannedStock): Promise<string | null> {
    const { batch } = work;
    if (!batch) return null;
    const outcome = await this.#commands.send("addBatch", () =>
      this.#client.stock.addBatch(batch.input, { commandId: batch.commandId }),
    );
    return refusalOf(outcome, "the SKU had another opening batch in an earlier import");
  }

  async #placeOrder(work: PlannedOrder, notes: RowNote[]): Promise<string | PlacedOrder> {
    const { order } = work;
    const outcome = await this.#commands.send("placeOrder", () =>
      this.#client.orders.placeOrder(order.input, { commandId: order.commandId }),
    );
    const refusal = refusalOf(outcome, "the order had other content in an earlier import");
    if (outcome.state === "refused") return refusal ?? outcome.message;

    this.#trade.end(work, outcome.data.orderId);
    const { orders } = this.#report;
    const allocated = outcome.data.lines.filter((line) => line.allocated).length;
    const note = await this.#cancel(work, outcome.data);
    orders.allocated += allocated;
    orders.backordered += outcome.data.lines.length - allocated;
    const row = work.rows[0];
    if (note !== null && row) notes.push({ row, cause: note, reason: note });
    return outcome.data;
  }

  async #cancel(work: PlannedOrder, placed: PlacedOrder): Promise<string | null> {
    const { cancellation } = work;
    if (!cancellation) return null;
    const { commandId } = cancellation;
    const input = { ...cancellation.input, orderId: placed.orderId };
    const outcome = await this.#commands.send("cancelOrder", () =>
      this.#client.orders.cancelOrder(input, { commandId }),
    );
    if (outcome.state !== "refused" || outcome.reason === "order-cancelled") return null;
    return `the order is placed, but its cancellation is refused: ${outcome.message}`;
  }
}

/** As `Promise.all`, but a failure is told once nothing runs any longer. */
async function settledAll<T>(all: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(all);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

function refusalOf(outcome: Outcome<unknown>, whenReused: string): string | null {
  if (outcome.state !== "refused") return null;
  if (outcome.code === "COMMAND_ID_REUSED") return whenReused;
  return `${outcome.reason}: ${outcome.message}`;
}

function refusedRows(work: PlannedSending, reason: string) {
  // Names and numbers in parentheses differ from row to row; what is left can be counted.
  const cause = reason.replace(/ \(SKU .*\)$/, "");
  return work.rows.map((row, at) => ({ row, cause, reason, units: at === 0 ? work.units : 0 }));
}
