import pg from "pg";
import type { Logger } from "./log.ts";

/** Connections of one kind. One that fails while nobody uses it is let go. */
export function pool(log: Logger, config: pg.PoolConfig): pg.Pool {
  const made = new pg.Pool({ connectionTimeoutMillis: 5_000, keepAlive: true, ...config });
  const failed = (err: Error) => log.debug({ err }, "a connection failed");
  made.on("error", failed);
  made.on("connect", (client) => client.on("error", failed));
  return made;
}
