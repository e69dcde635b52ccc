import { Inbound } from "./inbound.ts";
import { InboundLine } from "./inbound-line.ts";

/** What inbounds store. */
export const entities = [Inbound, InboundLine];
