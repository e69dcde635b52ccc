import type { Logger as PinoLogger } from "pino";

/** The part of pino's logger that Selvedge uses; a host may hand over its own. */
export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error">;
