export { memoryStore } from "./memory-store.ts";
export { OfflineQueue } from "./offline-queue.ts";
export type { OnRefused } from "./order.ts";
export type { OfflineQueueOptions, PutOptions } from "./queue-options.ts";
export type { QueueChange, QueueState } from "./queue-state.ts";
export type { QueueStore } from "./queue-store.ts";
export type {
  Applied,
  CommandPath,
  KeptError,
  Outcome,
  QueuedCommand,
  QueuedCommandOf,
  Refused,
  StoredCommand,
} from "./queued-command.ts";
export type { QueueClient } from "./sender.ts";
