import pg from "pg";
import type { Recorded, Statement } from "./record-commands.ts";

/** Sends what commands sent, by the driver alone, over one connection for each floor. */
export interface Replay {
  /** Sends one command of a floor, round trip by round trip as the server did. */
  command(floor: number, recorded: Recorded): Promise<void>;
  /** Statements that met other rows than they had met for the server, told by their texts. */
  readonly differing: ReadonlyMap<string, number>;
  end(): Promise<void>;
}

/** Connects for so many floors, as the server connects for commands. */
export async function openReplay(databaseUrl: string, floors: number): Promise<Replay> {
  const connections = Array.from({ length: floors }, () => {
    const options = "-c timezone=UTC -c lock_timeout=5000 -c jit=off";
    const config = { connectionString: databaseUrl, options, pipeline: true };
    return new pg.Client(config as pg.ClientConfig);
  });
  for (const connection of connections) await connection.connect();
  const differing = new Map<string, number>();
  const differs = ({ text }: Statement) => {
    differing.set(text, (differing.get(text) ?? 0) + 1);
  };
  return {
    differing,
    command: async (floor, { flights }) => {
      const connection = connections[floor];
      if (!connection) throw new Error(`There is no floor ${floor}.`);
      for (const flight of flights) await send(connection, flight, differs);
    },
    end: async () => {
      for (const connection of connections) await connection.end();
    },
  };
}

async function send(
  connection: pg.Client,
  flight: readonly Statement[],
  differs: (statement: Statement) => void,
): Promise<void> {
  const { stream } = (connection as unknown as { connection: { stream: Corkable } }).connection;
  stream.cork();
  const answers = flight.map(({ name, text, values }) =>
    connection.query({ ...(name && { name }), text, values: [...values] }),
  );
  stream.uncork();
  for (const [i, answer] of (await Promise.allSettled(answers)).entries()) {
    const statement = flight[i];
    const rowCount = answer.status === "fulfilled" ? (answer.value.rowCount ?? 0) : null;
    if (statement && rowCount !== statement.rowCount) differs(statement);
  }
}

interface Corkable {
  cork(): void;
  uncork(): void;
}
