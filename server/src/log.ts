import type { Logger } from "./kernel/log.ts";

const nothing = () => undefined;

/** Says nothing: what a host gets that hands over no logger. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
