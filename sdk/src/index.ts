export type * from "./api.gen.ts";
export { contractHash } from "./api.gen.ts";
export type {
  CallOptions,
  CommandOptions,
  CommandResult,
  Freshness,
  JsonValue,
  QueryOptions,
  QueryResult,
} from "./calls.ts";
export { Selvedge, type SelvedgeOptions } from "./client.ts";
export {
  isSelvedgeError,
  type RefusalKind,
  SelvedgeError,
  type SelvedgeErrorCode,
  type SelvedgeErrorFacts,
} from "./errors.ts";
