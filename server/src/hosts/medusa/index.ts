export type {
  MedusaActor,
  MedusaContainer,
  MedusaCradle,
  MedusaStepContext,
  MedusaSubscriberCall,
} from "./medusa.ts";
export { medusaEvents, takeMedusaEvent, takeMissedEvents } from "./medusa-events.ts";
export { type MedusaOptions, selvedgeModule } from "./module.ts";
export { type MedusaRoute, type MedusaRouting, selvedgeRoutes } from "./routes.ts";
export type { SelvedgeModuleService } from "./service.ts";
export {
  type Availability,
  availability,
  cancelOrder,
  type OrderToPlace,
  type PlacedOrder,
  placeOrder,
} from "./steps.ts";
