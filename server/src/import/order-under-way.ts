import type { PlannedOrder, RowNote } from "./plan.ts";
import type { Outcome } from "./send-command.ts";

type Refused = Extract<Outcome<unknown>, { state: "refused" }>;

/** An order that is placed and goes through a wave: what it waits for, and what is to be noted. */
export class OrderUnderWay {
  readonly work: PlannedOrder;
  readonly orderId: string;
  readonly notes: RowNote[];
  /** Lines that were shipped and have no pieces yet. */
  readonly waiting = new Set<number>();
  #stuck = false;

  constructor(
    work: PlannedOrder,
    placed: { orderId: string; lines: readonly { line: number; allocated: boolean }[] },
    notes: RowNote[],
  ) {
    this.work = work;
    this.orderId = placed.orderId;
    this.notes = notes;
    const shipped = new Set(work.parcels.flatMap(({ lines }) => lines));
    for (const { line, allocated } of placed.lines) {
      if (!allocated && shipped.has(line)) this.waiting.add(line);
    }
  }

  /** Channel and reference: what the order is called outside. */
  get names(): [string, string] {
    const { channel, externalRef } = this.work.order.input;
    return [channel, externalRef];
  }

  /** Whether something has kept it from going as far as its rows say. */
  get isStuck(): boolean {
    return this.#stuck;
  }

  /** What one of its lines is about. */
  lineOf(line: number): { sku: string; qty: number } {
    const found = this.work.order.input.lines[line - 1];
    if (!found) throw new Error(`The order has no line ${line}.`);
    return found;
  }

  /** Notes something about the row of a line. */
  note(line: number, cause: string, reason = cause): void {
    const row = this.work.rows[line - 1];
    if (row) this.notes.push({ row, cause, reason });
  }

  /** The order stays where it is, and its first row says why. */
  stick(what: string, why: string): void {
    if (this.#stuck) return;
    this.#stuck = true;
    this.note(1, `the order is placed, but ${what}: ${why}`);
  }

  /** The same, in the words of the server. */
  stickFor(what: string, { code, reason, message }: Refused): void {
    const reused = code === "COMMAND_ID_REUSED";
    this.stick(what, reused ? "an earlier import said otherwise" : `${reason}: ${message}`);
  }
}
