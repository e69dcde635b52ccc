import { takeMissedOrders } from "@selvedge/server/medusa";

export const config = { name: "selvedge-missed-orders", schedule: "*/5 * * * *" };
export default takeMissedOrders;
