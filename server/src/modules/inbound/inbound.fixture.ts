import type { DomainEvent } from "../../kernel/events.ts";
import { Inbound, type InboundToAnnounce } from "./inbound.ts";

/** A day of March 2026. */
export const march = (day: number) => new Date(Date.UTC(2026, 2, day));

/** What a supplier announces: two lines, or what is said. */
export function anAnnouncement(facts: Partial<InboundToAnnounce> = {}): InboundToAnnounce {
  return {
    ...{ id: "0199c0de-0000-4000-8000-000000000001", tenant: "t", warehouse: "main" },
    ...{ source: "nordic-supply", ref: "PO-1", kind: "supplier", eta: march(3), at: march(1) },
    ...{ orderId: null, returnReason: null },
    lines: [
      { sku: "TEE", grade: "N", qty: 3, orderLine: null },
      { sku: "CAP", grade: null, qty: 1, orderLine: null },
    ],
    ...facts,
  };
}

/** What a customer sends back. */
export const aReturn: Partial<InboundToAnnounce> = {
  ...{ kind: "return", source: "shop", ref: "R-1", returnReason: "too small" },
  orderId: "0199c0de-0000-4000-8000-00000000000a",
  lines: [{ sku: "TEE", grade: null, qty: 2, orderLine: 4 }],
};

/** An inbound that was announced. */
export function anInbound(facts: Partial<InboundToAnnounce> = {}): Inbound {
  const { aggregate } = Inbound.announce(anAnnouncement(facts)) as DomainEvent & {
    aggregate: Inbound;
  };
  return Object.assign(aggregate, { version: 1 });
}

/** An inbound of which so many pieces of each line have come in. */
export function anInboundWith(...received: readonly number[]): Inbound {
  const inbound = anInbound();
  received.forEach((pieces, i) => {
    const line = i + 1;
    for (let n = 0; n < pieces; n += 1) {
      inbound.receivePiece({ line, lpn: `${line}-${n}`, overReason: "more in the box" }, march(4));
    }
  });
  return inbound;
}
