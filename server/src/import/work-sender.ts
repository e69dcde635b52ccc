import type { Answer, ImportClient, PlacedOrder } from "./import-client.ts";
import type { ImportLedger } from "./import-ledger.ts";
import type { CommandName, ImportReport } from "./import-report.ts";
import {
  type Planned,
  type PlannedOrder,
  type PlannedSending,
  type PlannedStock,
  type RowNote,
  rowOfSku,
} from "./plan.ts";
import { type Outcome, SendingStopped, sendCommand } from "./send-command.ts";
import { Slots } from "./slots.ts";
import { TradeSender } from "./trade-sender.ts";
import { VariantRegistry } from "./variant-registry.ts";

/** After so many failures in a row it is the server that is at fault, not the commands. */
const serverFailuresMax = 20;

/** Sends what was planned, the commands of one order or SKU one after another. */
export class WorkSender {
  readonly #client: ImportClient;
  readonly #report: ImportReport;
  readonly #ledger: ImportLedger;
  readonly #registry: VariantRegistry;
  readonly #slots: Slots;
  readonly #trade: TradeSender;
  #serverFailures = 0;
  #stopped: unknown = null;

  /** At most `concurrency` commands are under way at once. */
  constructor(
    client: ImportClient,
    report: ImportReport,
    ledger: ImportLedger,
    concurrency: number,
  ) {
    this.#client = client;
    this.#report = report;
    this.#ledger = ledger;
    this.#slots = new Slots(concurrency);
    this.#trade = new TradeSender(client, report, (name, send) => this.#send(name, send));
    this.#registry = new VariantRegistry((command) =>
      this.#send("registerVariant", () =>
        client.catalogue.registerVariant(command.input, { commandId: command.commandId }),
      ),
    );
  }

  /** Settles one planned piece of work: afterwards all its rows are accepted or rejected. */
  async settle(planned: Planned): Promise<void> {
    if (planned.kind === "rejected") return this.#ledger.reject([planned]);
    if (planned.kind === "aside") return this.#ledger.setAside(planned);
    if (this.#report.dryRun) {
      this.#trade.assume(planned);
      return this.#ledger.accept(planned, planned.notes);
    }

    const notes: RowNote[] = [...planned.notes];
    // Both begin before anything that stands later in the file.
    const registering = this.#registerVariants(planned, notes);
    this.#trade.begin(planned, registering);
    try {
      const refusal = (await registering) ?? (await this.#apply(planned, notes));
      if (refusal === null) return await this.#ledger.accept(planned, notes);
      this.#trade.end(planned, null);
      return await this.#ledger.reject(refusedRows(planned, refusal));
    } catch (error) {
      this.#trade.fail(planned, error);
      throw error;
    }
  }

  async #apply(work: PlannedSending, notes: RowNote[]): Promise<string | null> {
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
    const outcome = await this.#send("addBatch", () =>
      this.#client.stock.addBatch(batch.input, { commandId: batch.commandId }),
    );
    return refusalOf(outcome, "the SKU had another opening batch in an earlier import");
  }

  async #placeOrder(work: PlannedOrder, notes: RowNote[]): Promise<string | null> {
    const { order } = work;
    const outcome = await this.#send("placeOrder", () =>
      this.#client.orders.placeOrder(order.input, { commandId: order.commandId }),
    );
    if (outcome.state === "refused")
      return refusalOf(outcome, "the order had other content in an earlier import");

    this.#trade.end(work, outcome.data.orderId);
    const { orders } = this.#report;
    const allocated = outcome.data.lines.filter((line) => line.allocated).length;
    const note = await this.#cancel(work, outcome.data);
    orders.allocated += allocated;
    orders.backordered += outcome.data.lines.length - allocated;
    const row = work.rows[0];
    if (note !== null && row) notes.push({ row, cause: note, reason: note });
    return null;
  }

  async #cancel(work: PlannedOrder, placed: PlacedOrder): Promise<string | null> {
    const { cancellation } = work;
    if (!cancellation) return null;
    const { commandId } = cancellation;
    const input = { ...cancellation.input, orderId: placed.orderId };
    const outcome = await this.#send("cancelOrder", () =>
      this.#client.orders.cancelOrder(input, { commandId }),
    );
    if (outcome.state !== "refused" || outcome.reason === "order-cancelled") return null;
    return `the order is placed, but its cancellation is refused: ${outcome.message}`;
  }

  async #send<Data>(name: CommandName, send: () => Promise<Answer<Data>>): Promise<Outcome<Data>> {
    const outcome = await this.#slots.run(() => this.#sendUnlessStopped(send));
    this.#report.commands[name][outcome.state] += 1;
    const failed = outcome.state === "refused" && outcome.code === "INTERNAL";
    this.#serverFailures = failed ? this.#serverFailures + 1 : 0;
    if (outcome.state === "refused" && this.#serverFailures >= serverFailuresMax)
      throw new SendingStopped(`the server fails on every command (${outcome.message})`);
    return outcome;
  }

  /** What waits for its turn behind a command that met no server need not find that out itself. */
  async #sendUnlessStopped<Data>(send: () => Promise<Answer<Data>>): Promise<Outcome<Data>> {
    if (this.#stopped !== null) throw this.#stopped;
    try {
      return await sendCommand(send);
    } catch (error) {
      this.#stopped ??= error;
      throw error;
    }
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
