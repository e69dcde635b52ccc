export type * from "./api.gen.ts";
export { contractHash } from "./api.gen.ts";
export type {
  BasedOn,
  CallOptions,
  CommandOptions,
  CommandResult,
  Fact,
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
export type { ChangedInBetween, DecisionStale, ToldCommand } from "./refusal-details.ts";
