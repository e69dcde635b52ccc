import type { ExecArgs } from "@medusajs/framework/types";
import { type SelvedgeModuleService, takeMissedOrders } from "@selvedge/server/medusa";

/** What the job does each five minutes, by hand: `medusa exec src/scripts/missed-orders.ts`. */
const missedOrders = async ({ container }: ExecArgs) => {
  const { selvedge } = container.resolve<SelvedgeModuleService>("selvedge");
  // A script of Medusa's starts no Selvedge unless it says so; this one migrates and refreshes nothing.
  console.log(`Selvedge was ${selvedge.state.status}`);
  await selvedge.start();
  await takeMissedOrders(container);
  await selvedge.stop();
};
export default missedOrders;
