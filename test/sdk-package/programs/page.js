// A partner's page: what the browser is given, as it is in the package.
import { isSelvedgeError, Selvedge } from "/sdk/dist/esm/index.js";
import { OfflineQueue } from "/sdk/dist/esm/offline/index.js";
import { indexedDbStore } from "/sdk/dist/esm/offline-indexed-db/index.js";

globalThis.sdk = { isSelvedgeError, Selvedge, OfflineQueue, indexedDbStore };
