import { Allocation } from "./allocation.ts";
import { Batch } from "./batch.ts";
import { SkuStock } from "./sku-stock.ts";

/** What stock stores. */
export const entities = [SkuStock, Batch, Allocation];
