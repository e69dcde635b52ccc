import {
  createStep,
  type StepExecutionContext,
  StepResponse,
} from "@medusajs/framework/workflows-sdk";
import { availability, cancelOrder, type OrderToPlace, placeOrder } from "@selvedge/server/medusa";

/** Places an order in Selvedge, and cancels it where a later step fails. */
export const placeOrderStep = createStep(
  "selvedge-place-order",
  async (order: OrderToPlace, context: StepExecutionContext) => {
    const placed = await placeOrder(order, context);
    return new StepResponse(placed, placed.orderId);
  },
  cancelOrder,
);

/** Asks Selvedge what can be sold. */
export const availabilityStep = createStep(
  "selvedge-availability",
  async (asked: Parameters<typeof availability>[0], context: StepExecutionContext) =>
    new StepResponse(await availability(asked, context)),
);
