import type { Answer, ImportClient, PlacedOrder } from "./import-client.ts";
import type { ImportLedger } from "./import-ledger.ts";
import type { ImportReport } from "./import-report.ts";
import type { Planned, PlannedOrder, PlannedStock, RowNote } from "./plan.ts";
import { type Outcome, SendingStopped, sendCommand } from "./send-command.ts";
import { Slots } from "./slots.ts";
import type { SourceRow } from "./source-rows.ts";
import { VariantRegistry } from "./variant-registry.ts";

/** After so many failures in a row it is the server that is at fault, not the commands. */
const serverFailuresMax = 20;

type Work = PlannedStock | PlannedOrder;
type CommandName = keyof ImportReport["commands"];

/** Sends what was planned, the commands of one order or SKU one after another. */
export class WorkSender {
  readonly #client: ImportClient;
  readonly #report: ImportReport;
  readonly #ledger: ImportLedger;
  readonly #registry: VariantRegistry;
  readonly #slots: Slots;
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
    this.#registry = new VariantRegistry((command) =>
      this.#send("registerVariant", () =>
        client.catalogue.registerVariant(command.input, { commandId: command.commandId }),
      ),
    );
  }

  /** Settles one planned piece of work: afterwards all its rows are accepted or rejected. */
  async settle(planned: Planned): Promise<void> {
    if (planned.kind === "rejected") return this.#ledger.reject([planned]);
    if (this.#report.dryRun) return this.#ledger.accept(planned, planned.notes);

    const notes: RowNote[] = [...planned.notes];
    const refusal =
      (await this.#registerVariants(planned, notes)) ??
      (planned.kind === "stock"
        ? await this.#addBatch(planned)
        : await this.#placeOrder(planned, notes));
    if (refusal === null) return this.#ledger.accept(planned, notes);
    return this.#ledger.reject(refusedRows(planned, refusal));
  }

  async #registerVariants(work: Work, notes: RowNote[]): Promise<string | null> {
    const registrations = await settledAll(
      work.variants.map(async (variant) => ({
        ...(await this.#registry.ensure(variant)),
        sku: variant.input.sku,
      })),
    );
    for (const { refusal, note, sku } of registrations) {
      if (refusal !== null) return `${refusal} (SKU ${sku})`;
      const row = rowOf(work, sku);
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

function refusedRows(work: Work, reason: string) {
  // Names and numbers in parentheses differ from row to row; what is left can be counted.
  const cause = reason.replace(/ \(SKU .*\)$/, "");
  return work.rows.map((row, at) => ({ row, cause, reason, units: at === 0 ? work.units : 0 }));
}

function rowOf(work: Work, sku: string): SourceRow | undefined {
  if (work.kind === "stock") return work.rows[0];
  return work.rows[work.order.input.lines.findIndex((line) => line.sku === sku)];
}
