import {
  createStep,
  type StepExecutionContext,
  type StepFunction,
  StepResponse,
} from "@medusajs/framework/workflows-sdk";
import {
  type Availability,
  availability,
  cancelOrder,
  type OrderToPlace,
  type PlacedOrder,
  placeOrder,
} from "@selvedge/server/medusa";

/** Places an order in Selvedge, and cancels it where a later step fails. */
export const placeOrderStep: StepFunction<OrderToPlace, PlacedOrder> = createStep(
  "selvedge-place-order",
  async (order: OrderToPlace, context: StepExecutionContext) => {
    const placed = await placeOrder(order, context);
    return new StepResponse(placed, placed.orderId);
  },
  cancelOrder,
);

/** What is asked of `availabilityStep`. */
export type AvailabilityAsked = Parameters<typeof availability>[0];

/** Asks Selvedge what can be sold. */
export const availabilityStep: StepFunction<AvailabilityAsked, Availability> = createStep(
  "selvedge-availability",
  async (asked: AvailabilityAsked, context: StepExecutionContext) =>
    new StepResponse(await availability(asked, context)),
);
