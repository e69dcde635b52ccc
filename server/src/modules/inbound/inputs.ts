import { z } from "zod";
import { safeText } from "../../kernel/primitives.ts";

/** Who sends pieces in: a supplier, a seller, or a customer who returns them. */
export const inboundKind = () => z.enum(["supplier", "seller", "return"]);

/** The number of an inbound's line, from one. */
export const inboundLine = () => z.int().min(1).max(1_000);

/** Why something is not as it was announced. */
export const discrepancyReason = () => safeText(500);
