import { medusaEvents, takeMedusaEvent } from "@selvedge/server/medusa";

export const config = { event: medusaEvents };
export default takeMedusaEvent;
