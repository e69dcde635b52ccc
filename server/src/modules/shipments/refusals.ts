import { declareRefusals } from "../../kernel/refusals.ts";

/** Why shipments say no. */
export const shipmentsRefusals = declareRefusals({
  "shipment-unknown": { kind: "not-found", text: "There is no such parcel." },
  "shipment-status-forbids": {
    kind: "conflict",
    text: "Where the parcel is on its way does not allow this.",
  },
  "order-handed-over": { kind: "conflict", text: "A carrier has parcels of this order already." },
  "tracking-taken": {
    kind: "conflict",
    text: "This carrier has given this tracking number to another parcel.",
    constraint: "shipment_tracking_key",
  },
  "time-in-future": { kind: "invalid", text: "The time that is told has not come yet." },
  "time-out-of-sequence": {
    kind: "conflict",
    text: "The time that is told is before the step that comes first.",
  },
  "item-twice": { kind: "invalid", text: "The parcel names the same pieces twice." },
});
