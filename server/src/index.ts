export {
  type Application,
  ExtensionError,
  extendSelvedge,
  type HostModules,
  selvedgeApplication,
} from "./application.ts";
export type { FeedEvent } from "./feed-reader.ts";
export type {
  HostEvent,
  HostEventHandler,
  HostEventOutcome,
  House,
} from "./host/host-events.ts";
export type { Asked, AskOptions, Executed, ExecuteOptions } from "./host/in-process.ts";
export type { JournalEvent, JournalHandler, Listening } from "./host/journal-listener.ts";
export type { SelvedgeState } from "./host/lifecycle.ts";
export type {
  CommandPath,
  DataOf,
  DecidedOn,
  InputOf,
  QueryPath,
  RefusalOf,
} from "./host/paths.ts";
export { SelvedgeError, type SelvedgeErrorFacts } from "./host/selvedge-error.ts";
export type { Identity } from "./kernel/context.ts";
export type { Role } from "./kernel/engine.ts";
export type { FaultCode } from "./kernel/faults.ts";
export type { Freshness } from "./kernel/freshness.ts";
export type { Logger } from "./kernel/log.ts";
export type { RefusalKind } from "./kernel/refusals.ts";
export type { Schemas } from "./kernel/schemas.ts";
export { createSelvedge, type Selvedge, type SelvedgeOptions } from "./selvedge.ts";
