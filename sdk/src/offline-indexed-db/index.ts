export { type IndexedDbStoreOptions, indexedDbStore } from "./indexed-db-store.ts";
