import type { CountedCommands } from "./counted-commands.ts";
import type { ImportClient } from "./import-client.ts";
import type { ImportReport } from "./import-report.ts";
import {
  type PlannedCorrection,
  type PlannedOrder,
  type PlannedReduction,
  type PlannedSending,
  type RowNote,
  rowOfSku,
} from "./plan.ts";
import type { Outcome } from "./send-command.ts";

type Openings = NonNullable<PlannedOrder["openings"]>;

/** Sends what an export of invoices tells beside orders, each after what it stands upon. */
export class TradeSender {
  readonly #client: ImportClient;
  readonly #report: ImportReport;
  readonly #commands: CountedCommands;
  /** The opening batch of each SKU: null when it is in, else what is worth noting about it. */
  readonly #openings = new Map<string, Promise<string | null>>();
  /** Orders that may be reduced, by their reference: their id, or null when they are refused. */
  readonly #placing = new Map<string, PromiseWithResolvers<string | null>>();
  /** The last reduction of each order: they follow each other as they stand in the file. */
  readonly #reducing = new Map<string, Promise<unknown>>();

  constructor(client: ImportClient, report: ImportReport, commands: CountedCommands) {
    this.#client = client;
    this.#report = report;
    this.#commands = commands;
  }

  /**
   * Begins with what a piece of work stands upon and what stands upon it: its opening batches
   * follow its variants, and reductions of its order wait for its end.
   */
  begin(work: PlannedSending, registering: Promise<unknown>): void {
    for (const opening of openingsOf(work)) {
      const opened = registering.then(() => this.#open(opening));
      opened.catch(() => undefined); // Whoever needs the batch meets the failure.
      this.#openings.set(opening.input.sku, opened);
    }
    if (work.kind !== "order" || !work.mayBeReduced) return;
    const placing = Promise.withResolvers<string | null>();
    placing.promise.catch(() => undefined);
    this.#placing.set(work.order.input.externalRef, placing);
  }

  /** Counts the opening batches of a piece of work that is not sent. */
  assume(work: PlannedSending): void {
    for (const { input } of openingsOf(work)) this.#enter(input.qty);
  }

  /** An order is in under this id, or is refused. */
  end(work: PlannedSending, orderId: string | null): void {
    if (work.kind === "order") this.#placing.get(work.order.input.externalRef)?.resolve(orderId);
  }

  /** Nobody knows whether an order is in. */
  fail(work: PlannedSending, error: unknown): void {
    if (work.kind === "order") this.#placing.get(work.order.input.externalRef)?.reject(error);
  }

  /** Waits until all its SKUs have their opening batch; notes what befell those of its own. */
  async opened(work: PlannedOrder | PlannedCorrection): Promise<RowNote[]> {
    const own = new Set(openingsOf(work).map(({ input }) => input.sku));
    const notes: RowNote[] = [];
    for (const sku of new Set(skusOf(work))) {
      const cause = await this.#openings.get(sku);
      const row = rowOfSku(work, sku);
      if (cause && row && own.has(sku)) notes.push({ row, cause, reason: cause });
    }
    return notes;
  }

  async #open({ commandId, input }: Openings[number]): Promise<string | null> {
    const outcome = await this.#commands.send("addBatch", () =>
      this.#client.stock.addBatch(input, { commandId }),
    );
    if (outcome.state !== "refused") {
      this.#enter(input.qty);
      return null;
    }
    if (outcome.reason === "batch-ref-taken" || outcome.code === "COMMAND_ID_REUSED")
      return "kept the opening batch that the SKU has from an earlier import";
    return `the opening batch is refused: ${outcome.message}`;
  }

  #enter(pieces: number): void {
    this.#report.opening.batches += 1;
    this.#report.opening.units += pieces;
  }

  /** Corrects the stock; answers why that is refused, or null. */
  async correct({ batch, adjustment }: PlannedCorrection): Promise<string | null> {
    const { stock } = this.#client;
    if (batch) {
      const { input, commandId } = batch;
      return refusalOf(
        await this.#commands.send("addBatch", () => stock.addBatch(input, { commandId })),
      );
    }
    if (!adjustment) return null;
    const { input, commandId } = adjustment;
    return refusalOf(
      await this.#commands.send("adjustBatch", () => stock.adjustBatch(input, { commandId })),
    );
  }

  /** Takes pieces off orders; answers why that is refused, or null. */
  async reduce({ parts }: PlannedReduction): Promise<string | null> {
    let taken = 0;
    for (const part of parts) {
      const refusal = await this.#reduceOne(part);
      if (refusal !== null)
        return taken === 0 ? refusal : `${refusal}; ${taken} pieces were taken off before that`;
      taken += part.input.by;
    }
    return null;
  }

  #reduceOne(part: PlannedReduction["parts"][number]): Promise<string | null> {
    const { externalRef, commandId, input } = part;
    const before = this.#reducing.get(externalRef);
    const reduced = Promise.resolve(before).then(async () => {
      const orderId = await this.#placing.get(externalRef)?.promise;
      if (!orderId) return `the order ${externalRef} is not in`;
      const outcome = await this.#commands.send("reduceLine", () =>
        this.#client.orders.reduceLine({ ...input, orderId }, { commandId }),
      );
      if (outcome.state !== "refused" && outcome.data.cancelled)
        this.#report.reductions.ordersCancelled += 1;
      return refusalOf(outcome);
    });
    this.#reducing.set(
      externalRef,
      reduced.catch(() => undefined),
    );
    return reduced;
  }
}

function openingsOf(work: PlannedSending): Openings {
  return (work.kind === "order" || work.kind === "correction" ? work.openings : undefined) ?? [];
}

function skusOf(work: PlannedOrder | PlannedCorrection): string[] {
  if (work.kind === "order") return work.order.input.lines.map(({ sku }) => sku);
  return work.variants.map(({ input }) => input.sku);
}

function refusalOf(outcome: Outcome<unknown>): string | null {
  if (outcome.state !== "refused") return null;
  if (outcome.code === "COMMAND_ID_REUSED") return "an earlier import made something else of this";
  return `${outcome.reason}: ${outcome.message}`;
}
