export { procedures } from "../api.gen.ts";
export type {
  Api,
  CallOptions,
  CommandCall,
  CommandOptions,
  CommandShape,
  FollowOptions,
  JsonValue,
  ProcedureShape,
  QueryOptions,
  QueryResult,
} from "../calls.ts";
export { type Client, clientOf } from "../client-of.ts";
