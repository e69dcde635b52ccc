import { CountedCommands } from "./counted-commands.ts";
import { FactSender } from "./fact-sender.ts";
import type { PlannedWave } from "./gather-waves.ts";
import type { ImportClient, PlacedOrder } from "./import-client.ts";
import type { ImportLedger } from "./import-ledger.ts";
import type { ImportReport } from "./import-report.ts";
import type { Mapping } from "./mapping.ts";
import { OrderUnderWay } from "./order-under-way.ts";
import { stockPlaceholder } from "./placeholder-stock.ts";
import type { Planned, PlannedOrder, PlannedStock, RowNote } from "./plan.ts";
import type { Outcome } from "./send-command.ts";
import type { SourceRow } from "./source-rows.ts";
import { VariantRegistry } from "./variant-registry.ts";
import { WaveSender } from "./wave-sender.ts";

type Work = PlannedStock | PlannedOrder;

/** What an import is sent with. */
export interface SendingParts {
  readonly client: ImportClient;
  readonly mapping: Mapping;
  readonly report: ImportReport;
  readonly ledger: ImportLedger;
  readonly signal?: AbortSignal | undefined;
}

/** Sends what was planned, the commands of one order or SKU one after another. */
export class WorkSender {
  readonly #client: ImportClient;
  readonly #report: ImportReport;
  readonly #ledger: ImportLedger;
  readonly #registry: VariantRegistry;
  readonly #commands: CountedCommands;
  readonly #facts: FactSender | null;
  readonly #waves: WaveSender | null;
  readonly #underWay = new WeakMap<PlannedOrder, Promise<OrderUnderWay | null>>();

  constructor({ client, mapping, report, ledger, signal }: SendingParts) {
    const commands = new CountedCommands(report);
    const facts =
      mapping.kind === "orders" ? new FactSender(client, commands, { mapping, signal }) : null;
    this.#client = client;
    this.#report = report;
    this.#ledger = ledger;
    this.#commands = commands;
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
   * Settles one planned piece of work: afterwards all its rows are accepted or rejected. An order
   * that was shipped is only placed by it, and settled by its wave.
   */
  async settle(planned: Planned | PlannedWave): Promise<void> {
    if (planned.kind === "wave") return this.#settleWave(planned);
    if (planned.kind === "rejected") return this.#ledger.reject([planned]);
    if (this.#report.dryRun) return this.#ledger.accept(planned, planned.notes);
    if (planned.kind === "stock") return this.#settleStock(planned);

    const underWay = this.#settleOrder(planned);
    this.#underWay.set(planned, underWay);
    await underWay;
  }

  async #settleStock(work: PlannedStock): Promise<void> {
    const notes: RowNote[] = [...work.notes];
    const refusal = (await this.#registerVariants(work, notes)) ?? (await this.#addBatch(work));
    if (refusal === null) return this.#ledger.accept(work, notes);
    return this.#ledger.reject(refusedRows(work, refusal));
  }

  /** Places an order, and cancels it if it was; answers it where there is more to do. */
  async #settleOrder(work: PlannedOrder): Promise<OrderUnderWay | null> {
    const notes: RowNote[] = [...work.notes];
    const refusal = await this.#registerVariants(work, notes);
    const placed = refusal ?? (await this.#placeOrder(work, notes));
    if (typeof placed === "string") await this.#ledger.reject(refusedRows(work, placed));
    else if (work.parcels.length > 0) return new OrderUnderWay(work, placed, notes);
    else await this.#ledger.accept(work, notes);
    return null;
  }

  async #settleWave({ orders }: PlannedWave): Promise<void> {
    if (this.#report.dryRun) return;
    const placed = await Promise.all(orders.map((order) => this.#underWay.get(order)));
    await this.#waves?.settle(placed.filter((order) => order != null));
  }

  async #registerVariants(work: Work, notes: RowNote[]): Promise<string | null> {
    for (const variant of work.variants) {
      const { refusal, note } = await this.#registry.ensure(variant);
      if (refusal !== null) return `${refusal} (SKU ${variant.input.sku})`;
      const row = rowOf(work, variant.input.sku);
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

function refusalOf(outcome: Outcome<unknown>, whenReused: string): string | null {
  if (outcome.state !== "refused") return null;
  if (outcome.code === "COMMAND_ID_REUSED") return whenReused;
  return `${outcome.reason}: ${outcome.message}`;
}

function refusedRows(work: Work, reason: string) {
  // Names and numbers in parentheses differ from row to row; what is left can be counted.
  const cause = reason.replace(/ \(SKU .*\)$/, "");
  return work.rows.map((row, at) => ({ row, cause, reason, units: at === 0 ? work.units : 0 }));
}

function rowOf(work: Work, sku: string): SourceRow | undefined {
  if (work.kind === "stock") return work.rows[0];
  return work.rows[work.order.input.lines.findIndex((line) => line.sku === sku)];
}
