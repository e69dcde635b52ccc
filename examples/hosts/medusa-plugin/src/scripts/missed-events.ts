import {
  type MedusaContainer,
  type MedusaCradle,
  type SelvedgeModuleService,
  takeMissedEvents,
} from "@selvedge/server/medusa";

/** What a script of `medusa exec` is called with. */
interface Exec {
  readonly container: MedusaContainer;
  readonly args: readonly string[];
}

/** What the job does each five minutes; for the last day, or as many hours as are asked for. */
export default async ({ container, args: [hours = "24"] }: Exec) => {
  const { selvedge } = container.resolve("selvedge") as SelvedgeModuleService;
  const logger = container.resolve("logger") as MedusaCradle["logger"];
  // Medusa's scripts start no Selvedge unless they say so; it migrates and refreshes nothing then.
  logger.info(`Selvedge was ${selvedge.state.status}`);
  await selvedge.start();
  await takeMissedEvents(container, { hours: Number(hours) });
  await selvedge.stop();
};
