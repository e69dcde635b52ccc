import { z } from "zod";
import { id, keyText, quantity } from "../../kernel/primitives.ts";
import { lpn } from "../garments/inputs.ts";
import { orderLineNumber } from "../orders/inputs.ts";

/** A parcel's identity. */
export const shipmentId = () => id();

/** Who carries parcels. */
export const carrierName = () => keyText();

/** Pieces for a parcel: one with its licence plate, or so many of a line's batch. */
export const itemToPack = () =>
  z.union([
    z.strictObject({ line: orderLineNumber(), lpn: lpn() }),
    z.strictObject({ line: orderLineNumber(), qty: quantity() }),
  ]);
