import type { Selvedge } from "@selvedge/sdk";
import Table from "cli-table3";
import { Command } from "commander";
import { type CliIo, processIo } from "./cli-io.ts";
import { type ConnectOptions, connect, connectOptions } from "./connect.ts";
import { duration } from "./table.ts";

type Module = Selvedge["webhooks"];
/** What there is to tell of a server's webhooks. */
export type Webhooks = Awaited<ReturnType<Module["subscriptions"]>> &
  Awaited<ReturnType<Module["deliveries"]>>;

interface Options extends ConnectOptions {
  readonly json?: boolean;
  readonly reason: string;
}

/** `selvedge webhooks`: who is told of events, and how far they have been told. */
export function webhooksCommand(io: CliIo = processIo): Command {
  const webhooks = new Command("webhooks").description(
    "look at who is told of events by webhook, pause them and go on",
  );
  const list = new Command("list")
    .description("show each subscription, how far it is behind and what last failed")
    .option("--json", "print as JSON");
  const pause = new Command("pause")
    .argument("<subscription>")
    .description("send nothing more until it is resumed; nothing is lost meanwhile")
    .requiredOption("--reason <text>", "why, for the log");
  const resume = new Command("resume")
    .argument("<subscription>")
    .description("go on behind the last event that was taken, whatever had failed")
    .requiredOption("--reason <text>", "why, for the log");
  for (const command of [list, pause, resume]) {
    for (const option of connectOptions) command.addOption(option);
    webhooks.addCommand(command);
  }
  list.action(async ({ json, ...options }: Options) => {
    const client = await connect(options, io);
    const { subscriptions } = await client.webhooks.subscriptions();
    const { deliveries } = await client.webhooks.deliveries();
    const all = { subscriptions, deliveries };
    io.out(json ? JSON.stringify(all, null, 2) : webhooksText(all));
  });
  pause.action(async (id: string, { reason, ...options }: Options) => {
    const client = await connect(options, io);
    await client.webhooks.pauseSubscription({ id, reason });
    io.out(`Paused ${id}.`);
  });
  resume.action(async (id: string, { reason, ...options }: Options) => {
    const client = await connect(options, io);
    await client.webhooks.resumeSubscription({ id, reason });
    io.out(`Resumed ${id}.`);
  });
  return webhooks;
}

/** A server's webhooks, for a person. */
export function webhooksText({ subscriptions, deliveries }: Webhooks): string {
  if (subscriptions.length === 0) return "Nobody is told of events by webhook.";
  const table = new Table({
    head: ["subscription", "partner", "to", "state", "behind", "waiting", "last error"],
    style: { head: [], border: [], compact: true },
  });
  for (const { id, partner, url, paused } of subscriptions) {
    const delivery = deliveries.find((one) => one.id === id);
    const { lag, failures = 0, lastError } = delivery ?? {};
    const failing = failures > 0 ? `failing (${failures})` : "told";
    const events = `${(lag?.events ?? 0).toLocaleString("en-US")}${lag?.atLeast ? "+" : ""}`;
    const state = paused ? "paused" : failing;
    const why = paused?.reason ?? lastError ?? "";
    table.push([id, partner, new URL(url).host, state, events, duration(lag?.ms ?? null), why]);
  }
  return table.toString();
}
