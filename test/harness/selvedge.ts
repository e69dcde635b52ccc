import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Selvedge as Client } from "@selvedge/sdk";
import type { Express } from "express";
import { createSelvedge, type Selvedge, type SelvedgeOptions } from "../../server/src/selvedge.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

/** A running Selvedge over a database of its own, and the SDK to call it with. */
export interface TestSelvedge {
  readonly selvedge: Selvedge;
  readonly database: TestDatabase;
  readonly baseUrl: string;
  readonly client: Client;
  stop(): Promise<void>;
}

/**
 * Starts a server in this process on a free port of the loopback interface, by itself or mounted in
 * a host.
 */
export async function startSelvedge(
  options: Partial<SelvedgeOptions> = {},
  database?: TestDatabase,
  mounted: (handler: Express) => Express = (handler) => handler,
): Promise<TestSelvedge> {
  const own = database ?? (await createDatabase());
  const selvedge = createSelvedge({ databaseUrl: own.url, ...options });
  await selvedge.start();
  const server = mounted(selvedge.handler).listen(0, "127.0.0.1");
  await new Promise<void>((resolve) => server.once("listening", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    selvedge,
    database: own,
    baseUrl,
    client: new Client({ baseUrl }),
    stop: async () => {
      await closeServer(server);
      await selvedge.stop();
      if (!database) await own.drop();
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
