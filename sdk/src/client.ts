import { contractHash, type Modules, procedures } from "./api.gen.ts";
import { type Client, clientOf } from "./client-of.ts";

/** A client of one Selvedge: `selvedge.<module>.<procedure>(input, options)`. */
export type Selvedge = Client<Modules>;

/**
 * Makes a client.
 *
 * ```ts
 * const selvedge = new Selvedge({ baseUrl: "https://erp.example/selvedge", apiKey });
 * await selvedge.orders.cancelOrder({ orderId, reason: "customer changed their mind" });
 * const { data, freshness } = await selvedge.orders.orderBoard({ orderId }); // shows it cancelled
 * ```
 */
export const Selvedge = clientOf<Modules>({ procedures, contractHash });
