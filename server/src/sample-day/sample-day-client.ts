import type { Answer, ImportClient, SendOptions } from "../import/import-client.ts";

/** A line of a placed order, by the server's id of the order. */
export interface LineRef {
  orderId: string;
  line: number;
}

/** The part of the SDK that the sample day uses; a `Selvedge` instance fits. */
export interface SampleDayClient {
  catalogue: ImportClient["catalogue"];
  orders: ImportClient["orders"];
  stock: ImportClient["stock"] & {
    changeBatchQuantity(
      input: { ref: string; qty: number; reason?: string },
      options: SendOptions,
    ): Promise<Answer<{ deallocated: LineRef[] }>>;
    allocateLine(input: LineRef, options: SendOptions): Promise<Answer<{ allocated: boolean }>>;
    deallocateLine(
      input: LineRef & { reason: string },
      options: SendOptions,
    ): Promise<Answer<unknown>>;
  };
}
