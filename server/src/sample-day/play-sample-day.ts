import type { Answer } from "../import/import-client.ts";
import { forEachInFlight } from "../import/in-flight.ts";
import { type Outcome, sendCommand } from "../import/send-command.ts";
import { OrderDesk } from "./order-desk.ts";
import { planned, planSampleDay, type SampleDelivery } from "./sample-day.ts";
import type { LineRef, SampleDayClient } from "./sample-day-client.ts";
import type { SampleOrder } from "./sample-orders.ts";

/** Where and how the sample day is played. */
export interface SampleDayOptions {
  client: SampleDayClient;
  /** How many commands of one step are sent at once; 16 unless told. */
  concurrency?: number | undefined;
  /** The day, as `YYYY-MM-DD`; another day is another set of orders and batches. */
  day?: string | undefined;
  onProgress?: ((progress: SampleDayProgress) => void) | undefined;
}

/** How far the day is. */
export interface SampleDayProgress {
  step: string;
  commands: number;
}

/** What came of the day; a second play of it applies nothing. */
export interface SampleDayReport {
  day: string;
  applied: number;
  repeated: number;
  refused: number;
  orders: number;
  lines: number;
  /** Lines that were backordered when their order was placed. */
  backordered: number;
  /** Lines that got their pieces later. */
  allocatedLater: number;
  /** Refusals by their reason. */
  refusals: Record<string, number>;
}

type Time = "noon" | "evening";

/**
 * Plays the generated day through the SDK, step by step; the commands of one step are sent beside
 * each other. What a step does follows from the plan and from answers that the server repeats, so a
 * day that was cut short goes on where it was.
 */
export async function playSampleDay(options: SampleDayOptions): Promise<SampleDayReport> {
  const day = planSampleDay(options.day);
  const player = new Player(options, day.day);
  const { client } = options;

  await player.step("variants", day.variants, ({ commandId, input }) =>
    player.send(() => client.catalogue.registerVariant(input, { commandId })),
  );
  await player.addBatches("opening batches", day.openingBatches);
  await player.addBatches("incoming batches", day.incoming);
  await player.placeOrders("morning orders", day.morningOrders);
  await player.cancelOrders("noon");
  await player.letLinesGo("noon", day.morningOrders);
  await player.receive("noon", day.noonDelivery);
  await player.placeOrders("afternoon orders", day.afternoonOrders);
  await player.step("corrections", day.corrections, async ({ commandId, input }) => {
    const outcome = await player.send(() => client.stock.changeBatchQuantity(input, { commandId }));
    if (outcome.state !== "refused") player.desk.deallocated(outcome.data.deallocated);
  });
  await player.cancelOrders("evening");
  await player.receive("evening", day.eveningDelivery);
  return player.report;
}

class Player {
  readonly report: SampleDayReport;
  readonly desk = new OrderDesk();
  readonly #options: SampleDayOptions;
  #commands = 0;
  #step = "";

  constructor(options: SampleDayOptions, day: string) {
    this.#options = options;
    this.report = {
      day,
      applied: 0,
      repeated: 0,
      refused: 0,
      orders: 0,
      lines: 0,
      backordered: 0,
      allocatedLater: 0,
      refusals: {},
    };
  }

  step<Item>(
    name: string,
    items: readonly Item[],
    send: (item: Item) => Promise<unknown>,
  ): Promise<void> {
    this.#step = name;
    const { concurrency = 16 } = this.#options;
    return forEachInFlight(items, { concurrency }, async (item) => void (await send(item)));
  }

  async send<Data>(send: () => Promise<Answer<Data>>): Promise<Outcome<Data>> {
    const outcome = await sendCommand(send);
    this.report[outcome.state] += 1;
    if (outcome.state === "refused") {
      const { refusals } = this.report;
      refusals[outcome.reason] = (refusals[outcome.reason] ?? 0) + 1;
    }
    this.#commands += 1;
    this.#options.onProgress?.({ step: this.#step, commands: this.#commands });
    return outcome;
  }

  addBatches(name: string, batches: SampleDelivery["batches"]): Promise<void> {
    const { stock } = this.#options.client;
    return this.step(name, batches, ({ commandId, input }) =>
      this.send(() => stock.addBatch(input, { commandId })),
    );
  }

  placeOrders(name: string, orders: readonly SampleOrder[]): Promise<void> {
    return this.step(name, orders, async (order) => {
      const { commandId, input } = order;
      const outcome = await this.send(() =>
        this.#options.client.orders.placeOrder(input, { commandId }),
      );
      if (outcome.state === "refused") return;
      this.desk.placed(order, outcome.data);
      this.report.orders += 1;
      this.report.lines += outcome.data.lines.length;
      this.report.backordered += outcome.data.lines.filter((line) => !line.allocated).length;
    });
  }

  cancelOrders(time: Time): Promise<void> {
    const { orders } = this.#options.client;
    return this.step(`${time} cancellations`, this.desk.toCancel(time), (order) => {
      const about = order.externalRef;
      const input = { orderId: order.orderId, reason: "the customer has changed their mind" };
      const { commandId } = planned(this.report.day, "cancelOrder", about, input);
      this.desk.cancelled(order.orderId);
      return this.send(() => orders.cancelOrder(input, { commandId }));
    });
  }

  letLinesGo(time: Time, orders: readonly SampleOrder[]): Promise<void> {
    const { stock } = this.#options.client;
    return this.step(`${time} flaws`, this.desk.toLetGo(orders), async (line) => {
      const input = { ...refOf(line), reason: "a flaw was found when picking" };
      const about = `${line.externalRef}/${line.line}`;
      const { commandId } = planned(this.report.day, "deallocateLine", about, input);
      await this.send(() => stock.deallocateLine(input, { commandId }));
      this.desk.deallocated([input]);
    });
  }

  async receive(time: Time, delivery: SampleDelivery): Promise<void> {
    const { stock } = this.#options.client;
    await this.addBatches(`${time} delivery`, delivery.batches);
    const waiting = this.desk.waitingFor(delivery.batches.map(({ input }) => input));
    await this.step(`${time} allocation`, waiting, async (line) => {
      const input = refOf(line);
      const about = `${line.externalRef}/${line.line}/${time}`;
      const { commandId } = planned(this.report.day, "allocateLine", about, input);
      const outcome = await this.send(() => stock.allocateLine(input, { commandId }));
      if (outcome.state === "refused" || !outcome.data.allocated) return;
      this.desk.allocated(input);
      this.report.allocatedLater += 1;
    });
  }
}

function refOf({ orderId, line }: LineRef): LineRef {
  return { orderId, line };
}
