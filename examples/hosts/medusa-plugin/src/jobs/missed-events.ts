import { type MedusaContainer, takeMissedEvents } from "@selvedge/server/medusa";

export const config = { name: "selvedge-missed-events", schedule: "*/5 * * * *" };
export default (container: MedusaContainer) => takeMissedEvents(container);
