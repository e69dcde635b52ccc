import pg from "pg";
import type { Recorded, Statement } from "./record-commands.ts";

/** Sends what commands sent, by the driver alone, over one connection for each floor. */
export interface Replay {
  /**
   * Sends one command of a floor, round trip by round trip as the server did; answers the
   * transaction that it was applied in, if it was.
   */
  command(floor: number, recorded: Recorded): Promise<string | undefined>;
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
      let xid: string | undefined;
      for (const flight of flights) {
        const applied = await send(connection, flight, differs);
        xid ??= applied;
      }
      return xid;
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
): Promise<string | undefined> {
  const { stream } = (connection as unknown as { connection: { stream: Corkable } }).connection;
  stream.cork();
  const answers = flight.map(({ name, text, values }) =>
    connection.query({ ...(name && { name }), text, values: [...values] }),
  );
  stream.uncork();
  let xid: string | undefined;
  for (const [i, answer] of (await Promise.allSettled(answers)).entries()) {
    const statement = flight[i];
    const isDone = answer.status === "fulfilled";
    const rowCount = isDone ? (answer.value.rowCount ?? 0) : null;
    if (statement && rowCount !== statement.rowCount) differs(statement);
    if (isDone && statement?.name === "command-log") xid = answer.value.rows[0]?.xid;
  }
  return xid;
}

interface Corkable {
  cork(): void;
  uncork(): void;
}
