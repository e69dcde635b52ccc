import { type FakeLine, refusal } from "./fake-server.fixture.ts";
import type { FloorClient, ItemToPack, ReturnToAnnounce, WaveTask } from "./floor-client.ts";
import type { Answer, SendOptions } from "./import-client.ts";

/** What the floor knows of the house around it. */
export interface FakeHouse {
  take<Data>(
    name: string,
    input: object,
    options: SendOptions,
    apply: () => Data,
  ): Promise<Answer<Data>>;
  linesOf(orderId: string): readonly FakeLine[];
  isCancelled(orderId: string): boolean;
  receive(batch: { ref: string; sku: string; qty: number }): void;
}

interface FakeWave {
  readonly tasks: (WaveTask & { state: "open" | "picked" | "cancelled" })[];
  status: "planned" | "released" | "cancelled";
}

/** A parcel in the fake house. */
export interface FakeShipment {
  readonly id: string;
  readonly orderId: string;
  readonly lines: readonly FakeLine[];
  status: "packed" | "labelled" | "handedOver" | "delivered" | "lost";
  carrier: string | null;
  tracking: string | null;
  manifest: string | null;
}

/** A return in the fake house. */
export interface FakeReturn extends ReturnToAnnounce {
  status: "announced" | "closed";
  received: number;
}

/** For specs: waves, parcels and returns of a small warehouse, which refuses as the server does. */
export class FakeFloor {
  readonly waves = new Map<string, FakeWave>();
  readonly shipments = new Map<string, FakeShipment>();
  readonly returns = new Map<string, FakeReturn>();
  readonly client: FloorClient;
  readonly #house: FakeHouse;
  /** How many tasks of an order are open. */
  readonly #open = new Map<string, number>();

  constructor(house: FakeHouse) {
    this.#house = house;
    const on =
      <Input extends object, Data>(name: string, apply: (input: Input) => Data) =>
      (input: Input, options: SendOptions) =>
        house.take(name, input, options, () => apply(input));
    this.client = {
      waves: {
        planWave: on("planWave", (input) => this.#plan(input.orderIds)),
        releaseWave: on("releaseWave", ({ waveId }) => {
          this.#wave(waveId).status = "released";
        }),
        confirmPick: on("confirmPick", (input) => this.#pick(input)),
        cancelWave: on("cancelWave", ({ waveId }) => this.#cancelWave(waveId)),
      },
      shipments: {
        packParcel: on("packParcel", ({ orderId, items }) => this.#pack(orderId, items)),
        labelParcel: on("labelParcel", ({ shipmentId, ...label }) => {
          Object.assign(this.#step(shipmentId, "packed", "labelled"), label);
        }),
        handOver: on("handOver", (input) => this.#handOver(input)),
        confirmDelivery: on("confirmDelivery", ({ shipmentId }) => {
          this.#step(shipmentId, "handedOver", "delivered");
        }),
        reportLoss: on("reportLoss", ({ shipmentId }) => {
          this.#step(shipmentId, "handedOver", "lost");
        }),
      },
      inbound: {
        announceInbound: on("announceInbound", (input) => this.#announce(input)),
        receiveLot: on("receiveLot", (input) => this.#receive(input)),
        receivePiece: on("receivePiece", () => {
          throw refusal("piece-not-shipped", "there are no single pieces here");
        }),
        closeInbound: on("closeInbound", ({ inboundId }) => {
          this.#return(inboundId).status = "closed";
        }),
      },
    };
  }

  #plan(orderIds: readonly string[]) {
    const tasks: FakeWave["tasks"] = [];
    const leftOut: { orderId: string; reason: string }[] = [];
    for (const orderId of orderIds) {
      const reason = this.#whyNot(orderId);
      const lines = this.#house.linesOf(orderId).filter(({ state }) => state === "placed");
      if (reason !== null) leftOut.push({ orderId, reason });
      else
        for (const { line, sku, qty } of lines) {
          const task = tasks.length + 1;
          tasks.push({ task, orderId, line, lpn: null, sku, qty, state: "open" });
          this.#count(orderId, 1);
        }
    }
    const [first] = leftOut;
    if (tasks.length === 0)
      throw refusal(first?.reason ?? "nothing-to-pick", "nothing", { leftOut });
    const waveId = `wave ${this.waves.size + 1}`;
    this.waves.set(waveId, { tasks, status: "planned" });
    return { waveId, tasks: tasks.map(({ state: _state, ...task }) => task), leftOut };
  }

  #whyNot(orderId: string): string | null {
    if (this.#house.isCancelled(orderId)) return "order-cancelled";
    const lines = this.#house.linesOf(orderId);
    if (lines.some(({ batch, state }) => batch === null && state === "placed"))
      return "order-incomplete";
    if (!lines.some(({ state }) => state === "placed")) return "nothing-to-pick";
    return (this.#open.get(orderId) ?? 0) > 0 ? "line-in-wave" : null;
  }

  #count(orderId: string, tasks: number): void {
    this.#open.set(orderId, (this.#open.get(orderId) ?? 0) + tasks);
  }

  #pick({ waveId, task, ...scan }: Parameters<FloorClient["waves"]["confirmPick"]>[0]): void {
    const wave = this.#wave(waveId);
    const found = wave.tasks[task - 1];
    if (wave.status !== "released" || !found)
      throw refusal("wave-status-forbids", "the wave is not released");
    if (found.state !== "open") throw refusal("task-ended", "the task has ended");
    if (found.sku !== scan.scannedSku || found.qty !== scan.qty)
      throw refusal("scan-differs", "something else was scanned");
    found.state = "picked";
    this.#count(found.orderId, -1);
    for (const line of this.#house.linesOf(found.orderId))
      if (line.line === found.line) line.state = "picked";
  }

  #cancelWave(waveId: string): void {
    const wave = this.#wave(waveId);
    wave.status = "cancelled";
    for (const task of wave.tasks.filter(({ state }) => state === "open")) {
      task.state = "cancelled";
      this.#count(task.orderId, -1);
    }
  }

  #pack(orderId: string, items: readonly ItemToPack[]) {
    const lines = items.map(({ line: wanted }) => {
      const line = this.#house.linesOf(orderId).find((one) => one.line === wanted);
      if (line?.state !== "picked") throw refusal("not-picked", "the line is not picked");
      return line;
    });
    const id = `shipment ${this.shipments.size + 1}`;
    const none = { carrier: null, tracking: null, manifest: null };
    this.shipments.set(id, { id, orderId, lines, status: "packed", ...none });
    for (const line of lines) line.state = "packed";
    return { shipmentId: id };
  }

  #handOver({ shipmentIds, manifest }: { shipmentIds: readonly string[]; manifest: string }): void {
    for (const id of shipmentIds) this.#require(id, "labelled");
    for (const id of shipmentIds) {
      const shipment = this.#step(id, "labelled", "handedOver");
      shipment.manifest = manifest;
      for (const line of shipment.lines) {
        line.state = "shipped";
        if (line.batch === null) continue;
        line.batch.qty -= line.qty;
        line.batch.taken -= line.qty;
      }
    }
  }

  #announce(input: ReturnToAnnounce) {
    const inboundId = `${input.source} ${input.ref}`;
    if (this.returns.has(inboundId)) throw refusal("inbound-ref-taken", "the return is known");
    const shipped = this.#house.linesOf(input.orderId).filter(({ state }) => state === "shipped");
    for (const { orderLine, qty } of input.lines)
      if (shipped.find(({ line }) => line === orderLine)?.qty !== qty)
        throw refusal("more-than-shipped", "so many pieces were not shipped");
    this.returns.set(inboundId, { ...input, status: "announced", received: 0 });
    return { inboundId };
  }

  #receive(lot: Parameters<FloorClient["inbound"]["receiveLot"]>[0]): void {
    const inbound = this.#return(lot.inboundId);
    const line = inbound.lines[lot.line - 1];
    if (line?.qty !== lot.qty) throw refusal("over-receipt", "more than was announced");
    inbound.received += lot.qty;
    this.#house.receive({ ref: lot.batchRef, sku: line.sku, qty: lot.qty });
  }

  #wave(waveId: string): FakeWave {
    const wave = this.waves.get(waveId);
    if (!wave) throw refusal("wave-unknown", "no such wave");
    return wave;
  }

  #return(inboundId: string): FakeReturn {
    const found = this.returns.get(inboundId);
    if (!found) throw refusal("inbound-unknown", "no such inbound");
    return found;
  }

  #require(id: string, status: FakeShipment["status"]): FakeShipment {
    const shipment = this.shipments.get(id);
    if (!shipment) throw refusal("shipment-unknown", "no such parcel");
    if (shipment.status === status) return shipment;
    const details = { shipmentId: id, status: shipment.status };
    throw refusal("shipment-status-forbids", "the parcel is elsewhere", details);
  }

  #step(id: string, from: FakeShipment["status"], to: FakeShipment["status"]): FakeShipment {
    return Object.assign(this.#require(id, from), { status: to });
  }
}
