export {
  type Application,
  ExtensionError,
  extendSelvedge,
  type HostModules,
  selvedgeApplication,
} from "./application.ts";
export type { Identity } from "./kernel/context.ts";
export type { Role } from "./kernel/engine.ts";
export type { Logger } from "./kernel/log.ts";
export type { Schemas } from "./kernel/schemas.ts";
export { createSelvedge, type Selvedge, type SelvedgeOptions } from "./selvedge.ts";
