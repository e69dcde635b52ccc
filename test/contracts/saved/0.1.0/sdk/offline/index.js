export { memoryStore } from "./memory-store.js";
export { OfflineQueue } from "./offline-queue.js";
