import { declareLife } from "../../kernel/life.ts";

/** What a parcel may go through. */
export const shipmentLife = declareLife("Shipment", "packed", {
  label: { from: ["packed"], to: "labelled" },
  unpack: { from: ["packed", "labelled"], to: "unpacked" },
  handOver: { from: ["labelled"], to: "handedOver" },
  deliver: { from: ["handedOver"], to: "delivered" },
  lose: { from: ["handedOver"], to: "lost" },
});

/** Where a parcel is in its life. */
export type ShipmentStatus = ReturnType<typeof shipmentLife.after>;

/** A kind of step in a parcel's life. */
export type ShipmentStep = keyof typeof shipmentLife.steps;
