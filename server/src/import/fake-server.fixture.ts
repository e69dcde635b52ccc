import type { LineRef, SampleDayClient } from "../sample-day/sample-day-client.ts";
import { FakeFloor } from "./fake-floor.fixture.ts";
import type { FloorClient } from "./floor-client.ts";
import type {
  AddBatchInput,
  AdjustBatchInput,
  Answer,
  PlaceOrderInput,
  ReduceLineInput,
  SendOptions,
  VariantFacts,
} from "./import-client.ts";
import { differenceOf } from "./variant-facts.ts";

/** A command as the fake has got it. */
export interface SentCommand {
  name: string;
  input: unknown;
  commandId: string;
}

interface FakeBatch extends AddBatchInput {
  taken: number;
}

/** A line of an order, and how far its pieces are. */
export interface FakeLine extends LineRef {
  sku: string;
  grade: string;
  qty: number;
  batch: FakeBatch | null;
  state: "placed" | "picked" | "packed" | "shipped";
}

/**
 * For specs: a client with a small warehouse behind it, which keeps command ids and refuses as the
 * server does. `before` runs ahead of each command and may throw in its place.
 */
export class FakeServer {
  readonly variants = new Map<string, VariantFacts>();
  readonly batches = new Map<string, FakeBatch>();
  readonly orders = new Map<string, PlaceOrderInput>();
  readonly cancelled = new Set<string>();
  readonly sent: SentCommand[] = [];
  inFlight = 0;
  inFlightMax = 0;
  before: (command: SentCommand) => void | Promise<void> = () => {};
  readonly #lines = new Map<string, FakeLine>();
  readonly #batchesOf = new Map<string, FakeBatch[]>();
  readonly #answers = new Map<string, { body: string; data: unknown }>();

  readonly floor = new FakeFloor({
    take: (name, input, options, apply) => this.#take(name, input, options, apply),
    linesOf: (orderId) => this.#linesOf(orderId),
    isCancelled: (orderId) => this.cancelled.has(orderId),
    receive: (batch) => void this.#addBatch(batch),
  });

  readonly client: SampleDayClient & FloorClient = {
    ...this.floor.client,
    catalogue: {
      registerVariant: (input, options) =>
        this.#take("registerVariant", input, options, () => this.#register(input)),
    },
    stock: {
      addBatch: (input, options) =>
        this.#take("addBatch", input, options, () => this.#addBatch(input)),
      adjustBatch: (input, options) =>
        this.#take("adjustBatch", input, options, () => this.#adjust(input)),
      changeBatchQuantity: (input, options) =>
        this.#take("changeBatchQuantity", input, options, () => this.#change(input)),
      allocateLine: (input, options) =>
        this.#take("allocateLine", input, options, () => ({
          allocated: this.#allocate(this.#lineOf(input)),
        })),
      deallocateLine: (input, options) =>
        this.#take("deallocateLine", input, options, () => this.#deallocate(input)),
    },
    orders: {
      placeOrder: (input, options) =>
        this.#take("placeOrder", input, options, () => this.#place(input)),
      cancelOrder: (input, options) =>
        this.#take("cancelOrder", input, options, () => this.#cancel(input.orderId)),
      reduceLine: (input, options) =>
        this.#take("reduceLine", input, options, () => this.#reduce(input)),
    },
  };

  /** The pieces of all orders that are not cancelled, as they are now. */
  get openUnits(): number {
    const open = [...this.#lines.values()].filter(({ orderId }) => !this.cancelled.has(orderId));
    return open.reduce((sum, { qty }) => sum + qty, 0);
  }

  /** The lines that wait for pieces. */
  get waiting(): LineRef[] {
    return [...this.#lines.values()].filter(
      ({ batch, orderId }) => batch === null && !this.cancelled.has(orderId),
    );
  }

  /** How many commands of this name have arrived. */
  count(name: string): number {
    return this.sent.filter((command) => command.name === name).length;
  }

  async #take<Data>(
    name: string,
    input: object,
    { commandId }: SendOptions,
    apply: () => Data,
  ): Promise<Answer<Data>> {
    const command = { name, input, commandId };
    this.inFlight += 1;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    try {
      await this.before(command);
      this.sent.push(command);
      const body = JSON.stringify([name, input]);
      const answer = this.#answers.get(commandId);
      if (answer && answer.body !== body) throw failure("COMMAND_ID_REUSED", "another body");
      if (answer) return { data: answer.data as Data, repeated: true };
      const data = apply();
      this.#answers.set(commandId, { body, data });
      return { data, repeated: false };
    } finally {
      this.inFlight -= 1;
    }
  }

  #register(facts: VariantFacts) {
    const known = this.variants.get(facts.sku);
    const difference = known ? differenceOf(known, facts) : null;
    if (difference !== null) throw refusal("variant-differs", difference);
    this.variants.set(facts.sku, { ...known, ...facts });
    return { sku: facts.sku, registered: known === undefined };
  }

  #addBatch(input: AddBatchInput) {
    if (this.batches.has(input.ref)) throw refusal("batch-ref-taken", "the reference is taken");
    if (!this.variants.has(input.sku)) throw refusal("variant-unknown", "no such variant");
    const batch = { ...input, taken: 0 };
    this.batches.set(input.ref, batch);
    const key = `${input.sku} ${input.grade ?? "N"}`;
    this.#batchesOf.set(key, [...(this.#batchesOf.get(key) ?? []), batch]);
    return { ref: input.ref };
  }

  #adjust({ ref, by }: AdjustBatchInput) {
    const batch = this.batches.get(ref);
    if (batch && batch.qty + by < 0) throw refusal("batch-short", "the batch holds fewer");
    return this.#change({ ref, qty: (batch?.qty ?? 0) + by });
  }

  #change({ ref, qty }: { ref: string; qty: number }) {
    const batch = this.batches.get(ref);
    if (!batch) throw refusal("batch-unknown", "no such batch");
    batch.qty = qty;
    const deallocated: LineRef[] = [];
    for (const line of [...this.#lines.values()].reverse()) {
      if (batch.taken <= batch.qty) break;
      if (line.batch !== batch) continue;
      this.#letGo(line);
      deallocated.push({ orderId: line.orderId, line: line.line });
    }
    return { deallocated };
  }

  #place(input: PlaceOrderInput) {
    const orderId = `${input.channel}/${input.externalRef}`;
    if (this.orders.has(orderId)) throw refusal("external-ref-taken", "the order is known");
    if (input.lines.some((line) => !this.variants.has(line.sku)))
      throw refusal("variant-unknown", "no such variant");
    this.orders.set(orderId, input);
    const lines = input.lines.map(({ sku, grade = "N", qty }, at) => {
      const line: FakeLine = {
        orderId,
        line: at + 1,
        sku,
        grade,
        qty,
        batch: null,
        state: "placed",
      };
      this.#lines.set(`${orderId} ${line.line}`, line);
      return { line: line.line, allocated: this.#allocate(line) };
    });
    return { orderId, lines };
  }

  #reduce({ orderId, line, by }: ReduceLineInput) {
    const found = this.#lineOf({ orderId, line });
    if (this.cancelled.has(orderId)) throw refusal("order-cancelled", "cancelled already");
    if (by > found.qty) throw refusal("line-smaller", "the line has fewer");
    const isLast = this.#linesOf(orderId).length === 1;
    if (by === found.qty && isLast) return { ...this.#cancel(orderId), cancelled: true };
    found.qty -= by;
    if (found.batch) found.batch.taken -= by;
    if (found.qty === 0) this.#lines.delete(`${orderId} ${line}`);
    return { orderId, cancelled: false };
  }

  #cancel(orderId: string) {
    const order = this.orders.get(orderId);
    if (!order) throw refusal("order-unknown", "no such order");
    if (this.cancelled.has(orderId)) throw refusal("order-cancelled", "cancelled already");
    const lines = this.#linesOf(orderId);
    if (lines.some(({ state }) => state === "shipped"))
      throw refusal("order-handed-over", "a carrier has parcels of it");
    this.cancelled.add(orderId);
    for (const line of lines) this.#letGo(line);
    return { orderId };
  }

  #deallocate(input: LineRef) {
    const line = this.#lineOf(input);
    if (line.batch === null) throw refusal("line-not-allocated", "the line has no pieces");
    this.#letGo(line);
    return { orderId: input.orderId, line: input.line };
  }

  #allocate(line: FakeLine): boolean {
    if (this.cancelled.has(line.orderId)) throw refusal("order-cancelled", "cancelled already");
    if (line.batch !== null) return true;
    const batches = this.#batchesOf.get(`${line.sku} ${line.grade}`) ?? [];
    const batch = batches.find((one) => one.qty - one.taken >= line.qty);
    if (!batch) return false;
    line.batch = batch;
    batch.taken += line.qty;
    return true;
  }

  #letGo(line: FakeLine): void {
    if (line.batch !== null) line.batch.taken -= line.qty;
    line.batch = null;
  }

  /** The lines of an order that still have pieces. */
  #linesOf(orderId: string): FakeLine[] {
    const lines = this.orders.get(orderId)?.lines ?? [];
    return lines.flatMap((_line, at) => this.#lines.get(`${orderId} ${at + 1}`) ?? []);
  }

  #lineOf({ orderId, line }: LineRef): FakeLine {
    const found = this.#lines.get(`${orderId} ${line}`);
    if (!found) throw refusal("line-unknown", "no such line");
    return found;
  }
}

/** An error as the SDK throws it. */
export function failure(code: string, message: string, facts: object = {}): Error {
  return Object.assign(new Error(message), { code, ...facts });
}

/** A refusal as the SDK throws it. */
export function refusal(reason: string, message: string, details?: object): Error {
  return failure("REFUSED", message, { reason, ...(details && { details }) });
}
