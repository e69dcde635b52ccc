export type * from "./api.gen.ts";
export { contractHash } from "./api.gen.ts";
export type { BulkCommand, BulkOptions, BulkOutcome } from "./bulk.ts";
export type {
  BasedOn,
  CallOptions,
  CommandCall,
  CommandOptions,
  CommandResult,
  Fact,
  FollowOptions,
  Freshness,
  JsonValue,
  LiveOptions,
  QueryOptions,
  QueryResult,
} from "./calls.ts";
export { Selvedge } from "./client.ts";
export {
  isSelvedgeError,
  type RefusalKind,
  SelvedgeError,
  type SelvedgeErrorCode,
  type SelvedgeErrorFacts,
} from "./errors.ts";
export type { SelvedgeOptions } from "./options.ts";
export type { ChangedInBetween, DecisionStale, ToldCommand } from "./refusal-details.ts";
export { type Safe, safe } from "./safe.ts";
export type { CallBegin, CallEnd, CallRetry, CallWatch, WatchCalls } from "./watch.ts";
