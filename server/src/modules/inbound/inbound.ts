import { defineEntity, p } from "@mikro-orm/postgresql";
import { type Aggregate, type DomainEvent, happened } from "../../kernel/events.ts";
import { type InboundStatus, type InboundStep, inboundLife } from "./inbound-life.ts";
import { InboundLine } from "./inbound-line.ts";
import { inboundRefusals } from "./refusals.ts";

/** An inbound as somebody announces it. */
export interface InboundToAnnounce {
  readonly id: string;
  readonly tenant: string;
  readonly source: string;
  readonly ref: string;
  readonly kind: "supplier" | "seller" | "return";
  readonly warehouse: string;
  readonly eta: Date | null;
  /** Of a return: the order of which pieces come back, and why they do. */
  readonly orderId: string | null;
  readonly returnReason: string | null;
  readonly at: Date;
  readonly lines: readonly {
    readonly sku: string;
    readonly grade: string | null;
    readonly qty: number;
    readonly orderLine: number | null;
  }[];
}

/** Pieces of one line as they come in; more than were announced need a reason. */
export interface Received {
  readonly line: number;
  readonly overReason: string | null;
}

const InboundSchema = defineEntity({
  name: "Inbound",
  tableName: "inbound",
  properties: {
    tenant: p.text().primary(),
    id: p.uuid().primary(),
    source: p.text(),
    ref: p.text(),
    kind: p.text().$type<InboundToAnnounce["kind"]>(),
    warehouse: p.text(),
    orderId: p.uuid().nullable(),
    returnReason: p.text().nullable(),
    eta: p.datetime().nullable(),
    status: p.text().$type<InboundStatus>(),
    announcedAt: p.datetime(),
    firstReceivedAt: p.datetime().nullable(),
    closedAt: p.datetime().nullable(),
    version: p.integer().concurrencyCheck(),
  },
});

/**
 * Pieces on their way into the house, from whomever, and what of them has come. `lines` holds those
 * that the present command works with, not all there are.
 */
export class Inbound extends InboundSchema.class implements Aggregate {
  lines: InboundLine[] = [];

  /** Somebody says what will come; its lines are numbered from one, as they were said. */
  static announce({ lines, at, ...facts }: InboundToAnnounce): DomainEvent {
    const inbound = Object.assign(new Inbound(), facts, {
      ...{ status: inboundLife.begins, version: 0 },
      ...{ announcedAt: at, firstReceivedAt: null, closedAt: null },
    });
    const { tenant, id: inboundId, source, ref, kind, warehouse, orderId } = inbound;
    inbound.lines = lines.map(({ qty: expected, ...line }, i) => {
      const none = { received: 0, discrepancy: null };
      const of = { tenant, inboundId, line: i + 1, expected };
      return Object.assign(new InboundLine(), line, of, none);
    });
    const qty = lines.reduce((sum, line) => sum + line.qty, 0);
    const data = { source, ref, kind, warehouse, lines: lines.length, qty };
    return inbound.isReturn
      ? happened(inbound, "ReturnAnnounced", { ...data, orderId, reason: facts.returnReason })
      : happened(inbound, "InboundAnnounced", data);
  }

  journalKey() {
    return { kind: "Inbound", id: this.id };
  }

  parts() {
    return this.lines;
  }

  /** Whether a customer sends back what the house has sold. */
  get isReturn(): boolean {
    return this.kind === "return";
  }

  /** One of its lines; refused where there is none, or it expects another SKU than came. */
  lineFor(line: number, sku?: string): InboundLine {
    const found = this.lines.find((one) => one.line === line);
    if (!found) throw inboundRefusals.because("inbound-line-unknown", { line });
    if (sku === undefined || sku === found.sku) return found;
    throw inboundRefusals.because("sku-not-expected", { line, expects: found.sku, sku });
  }

  /** One piece with a licence plate comes in. */
  receivePiece(piece: Received & { readonly lpn: string }, at: Date): DomainEvent {
    const { lpn } = piece;
    return this.#receive(piece, 1, at, { type: "PieceReceived", what: { lpn } });
  }

  /** Some interchangeable pieces come in, as a batch. */
  receiveLot(
    lot: Received & { readonly batch: string; readonly qty: number; readonly grade: string },
    at: Date,
  ): DomainEvent {
    const { batch, grade, qty } = lot;
    return this.#receive(lot, qty, at, { type: "LotReceived", what: { batch, grade } });
  }

  /** Nothing more comes; of each line that is not received as announced it is said why. */
  close(reasons: ReadonlyMap<number, string>, at: Date): DomainEvent[] {
    const status = this.#after("close");
    for (const line of reasons.keys()) {
      if (!this.lineFor(line).isInFull) continue;
      throw inboundRefusals.because("nothing-to-explain", { line });
    }
    const differing = this.lines.filter((line) => !line.isInFull);
    const reasonOf = ({ line, discrepancy }: InboundLine) => reasons.get(line) ?? discrepancy;
    const unexplained = differing.filter((one) => reasonOf(one) == null);
    if (unexplained.length > 0) {
      const lines = unexplained.map(({ line, expected, received }) => ({
        line,
        expected,
        received,
      }));
      throw inboundRefusals.because("discrepancy-unexplained", { lines: lines.slice(0, 20) });
    }

    Object.assign(this, { status, closedAt: at });
    const events = differing.map((one) => {
      const { line, sku, expected, received } = one;
      const reason = reasonOf(one) ?? null;
      one.discrepancy = reason;
      return happened(this, "DiscrepancyFound", { line, sku, expected, received, reason });
    });
    const received = this.lines.reduce((sum, line) => sum + line.received, 0);
    const closed = { received, discrepancies: events.length };
    return [...events, happened(this, "InboundClosed", closed)];
  }

  #receive(
    { line, overReason }: Received,
    qty: number,
    at: Date,
    { type, what }: { type: string; what: object },
  ): DomainEvent {
    const found = this.lineFor(line);
    const { sku, expected, received, orderLine = null } = found;
    const isOver = received + qty > expected;
    // Whether it may come in at all is the first thing to know.
    const status = this.#after("receive");
    if (isOver && overReason === null) {
      throw inboundRefusals.because("over-receipt", { line, expected, received, qty });
    }

    this.status = status;
    this.firstReceivedAt ??= at;
    found.received += qty;
    if (isOver) found.discrepancy = overReason;
    const data = { line, ...what, sku, qty, ...(isOver && { overReason }) };
    const { orderId } = this;
    return this.isReturn
      ? happened(this, "ReturnReceived", { ...data, orderId, orderLine })
      : happened(this, type, data);
  }

  #after(verb: InboundStep): InboundStatus {
    const { id: inboundId, status, closedAt } = this;
    const details = { inboundId, closedAt: closedAt?.toISOString() ?? null };
    return inboundLife.after(verb, status, () =>
      inboundRefusals.because("inbound-closed", details),
    );
  }
}

InboundSchema.setClass(Inbound);
