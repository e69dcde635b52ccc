import type { ExecArgs } from "@medusajs/framework/types";
import { type SelvedgeModuleService, takeMissedEvents } from "@selvedge/server/medusa";

/** What the job does each five minutes, for a day: `medusa exec src/scripts/missed-events.ts`. */
export default async ({ container }: ExecArgs) => {
  const { selvedge } = container.resolve<SelvedgeModuleService>("selvedge");
  // Medusa's scripts start no Selvedge unless they say so; it migrates and refreshes nothing then.
  console.log(`Selvedge was ${selvedge.state.status}`);
  await selvedge.start();
  await takeMissedEvents(container, { hours: 24 });
  await selvedge.stop();
};
