import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { type Sample, sellSample } from "../../../workflows/sell-sample";

/** Sells a sample: `{ "ref": "S-1", "sku": "TEE-RED-M", "paidBy": "ada" }`. */
export const POST = async (req: MedusaRequest<Sample>, res: MedusaResponse) => {
  const { result } = await sellSample(req.scope).run({ input: req.body });
  res.json(result);
};
