import type { FloorClient } from "./floor-client.ts";

/** Facts about a variant that a source states. */
export interface VariantFacts {
  sku: string;
  style?: string;
  brand?: string;
  colour?: string;
  size?: string;
  sizeSystem?: string;
  category?: string;
  material?: string;
}

/** A batch of interchangeable pieces. */
export interface AddBatchInput {
  ref: string;
  warehouse?: string;
  sku: string;
  grade?: string;
  qty: number;
  eta?: string;
}

/** Pieces of a batch that turned up, or were written off where `by` is negative. */
export interface AdjustBatchInput {
  ref: string;
  by: number;
  reason: string;
}

/** One line of an order. */
export interface OrderLineInput {
  sku: string;
  grade?: string;
  qty: number;
  priceCents?: number;
}

/** An order with all its lines. */
export interface PlaceOrderInput {
  channel: string;
  externalRef: string;
  warehouse?: string;
  orderedAt?: string;
  lines: OrderLineInput[];
  promise?: { shipBy?: string; deliverBy?: string; carrierService?: string };
}

/** An order that will not be shipped. */
export interface CancelOrderInput {
  orderId: string;
  reason: string;
}

/** Pieces that a customer wants no longer. */
export interface ReduceLineInput {
  orderId: string;
  line: number;
  by: number;
  reason: string;
}

/** What became of one line of a placed order. */
export interface PlacedLine {
  line: number;
  allocated: boolean;
}

/** What the server says about a placed order. */
export interface PlacedOrder {
  orderId: string;
  lines: PlacedLine[];
}

/** What the SDK answers to a command; `repeated` when this id was applied before. */
export interface Answer<Data> {
  data: Data;
  repeated: boolean;
}

/** Every command of an import carries an id of its own making. */
export interface SendOptions {
  commandId: string;
}

/** The part of the SDK that an import uses; a `Selvedge` instance fits. */
export interface ImportClient extends FloorClient {
  catalogue: {
    registerVariant(input: VariantFacts, options: SendOptions): Promise<Answer<unknown>>;
  };
  stock: {
    addBatch(input: AddBatchInput, options: SendOptions): Promise<Answer<unknown>>;
    allocateLine(
      input: { orderId: string; line: number },
      options: SendOptions,
    ): Promise<Answer<{ allocated: boolean }>>;
    adjustBatch(input: AdjustBatchInput, options: SendOptions): Promise<Answer<unknown>>;
  };
  orders: {
    placeOrder(input: PlaceOrderInput, options: SendOptions): Promise<Answer<PlacedOrder>>;
    cancelOrder(input: CancelOrderInput, options: SendOptions): Promise<Answer<unknown>>;
    reduceLine(
      input: ReduceLineInput,
      options: SendOptions,
    ): Promise<Answer<{ cancelled: boolean }>>;
  };
}
