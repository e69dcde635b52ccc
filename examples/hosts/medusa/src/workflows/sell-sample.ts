import {
  createStep,
  createWorkflow,
  StepResponse,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk";
import { availabilityStep, placeOrderStep } from "@selvedge/medusa/workflows";

/** What is sold. */
export interface Sample {
  readonly ref: string;
  readonly sku: string;
  /** Who pays for it; without anybody it is not sold. */
  readonly paidBy?: string;
}

const takePaymentStep = createStep("take-payment", async ({ paidBy }: Sample) => {
  if (!paidBy) throw new Error("nobody pays for the sample");
  return new StepResponse({ paidBy });
});

/** Sells one piece of a SKU: it is taken out of the stock first, and put back if nobody pays. */
export const sellSample = createWorkflow("sell-sample", (sample: Sample) => {
  const before = availabilityStep({ sku: sample.sku, maxStaleMs: 0, deadlineMs: 5_000 });
  const order = placeOrderStep({ externalRef: sample.ref, lines: [{ sku: sample.sku, qty: 1 }] });
  takePaymentStep(sample);
  return new WorkflowResponse({ before, order });
});
