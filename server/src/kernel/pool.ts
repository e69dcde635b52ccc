import type { Socket } from "node:net";
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

/** Ends the connections of a pool in the middle of whatever they do, when it is called. */
export function cutterOf(pool: pg.Pool): () => void {
  const clients = new Set<pg.PoolClient>();
  pool.on("connect", (client) => clients.add(client));
  pool.on("remove", (client) => clients.delete(client));
  return () => {
    for (const client of clients) {
      const { connection } = client as unknown as { connection: { stream: Socket } };
      connection.stream.destroy();
    }
  };
}
