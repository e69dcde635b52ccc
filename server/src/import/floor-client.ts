import type { Answer, SendOptions } from "./import-client.ts";

type Send<Input, Data> = (input: Input, options: SendOptions) => Promise<Answer<Data>>;

/** One grip of a picker, as a planned wave names it. */
export interface WaveTask {
  task: number;
  orderId: string;
  line: number;
  lpn: string | null;
  sku: string;
  qty: number;
}

/** What the server says about a planned wave. */
export interface PlannedWaveData {
  waveId: string;
  tasks: WaveTask[];
  leftOut: { orderId: string; reason: string }[];
}

/** Pieces for a parcel: one with its licence plate, or so many of a line's batch. */
export type ItemToPack = { line: number; lpn: string } | { line: number; qty: number };

/** Pieces of an order that come back. */
export interface ReturnToAnnounce {
  source: string;
  ref: string;
  kind: "return";
  warehouse?: string;
  orderId: string;
  returnReason: string;
  lines: { sku: string; qty: number; orderLine: number }[];
}

/** The commands by which orders are picked, leave the house and come back to it. */
export interface FloorClient {
  waves: {
    planWave: Send<{ orderIds: string[]; warehouse?: string; maxTasks?: number }, PlannedWaveData>;
    releaseWave: Send<{ waveId: string }, unknown>;
    confirmPick: Send<
      { waveId: string; task: number; scannedLpn?: string; scannedSku?: string; qty?: number },
      unknown
    >;
    cancelWave: Send<{ waveId: string; reason: string }, unknown>;
  };
  shipments: {
    packParcel: Send<{ orderId: string; items: ItemToPack[] }, { shipmentId: string }>;
    labelParcel: Send<{ shipmentId: string; carrier: string; tracking: string }, unknown>;
    handOver: Send<{ shipmentIds: string[]; manifest: string; at?: string }, unknown>;
    confirmDelivery: Send<{ shipmentId: string; at?: string }, unknown>;
    reportLoss: Send<{ shipmentId: string; reason: string }, unknown>;
  };
  inbound: {
    announceInbound: Send<ReturnToAnnounce, { inboundId: string }>;
    receiveLot: Send<
      { inboundId: string; line: number; batchRef: string; qty: number; grade: string },
      unknown
    >;
    receivePiece: Send<{ inboundId: string; line: number; lpn: string }, unknown>;
    closeInbound: Send<{ inboundId: string }, unknown>;
  };
}
