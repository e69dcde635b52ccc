import { ownerSetting } from "./postmaster-file.ts";

/** Data is kept (fsync), and a dead client's locks do not outlive it by more than a second. */
const defaults: Readonly<Record<string, string>> = {
  shared_buffers: "128MB",
  max_connections: "100",
  max_wal_size: "1GB",
  wal_compression: "on",
  fsync: "on",
  synchronous_commit: "on",
  client_connection_check_interval: "1s",
  autovacuum_naptime: "5s",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
  log_checkpoints: "off",
};

/** The arguments that PostgreSQL starts with: our defaults, the caller's wishes, then the fixed. */
export function postgresArguments(
  data: string,
  port: number,
  wishes: Readonly<Record<string, string>> = {},
): string[] {
  const settings = {
    ...defaults,
    ...wishes,
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    // The launcher reads the log from here; a collector would take it away.
    logging_collector: "off",
    log_destination: "stderr",
    [ownerSetting]: String(process.pid),
  };
  return ["-D", data, ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`])];
}
