import type { Selvedge } from "@selvedge/sdk";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { CliError, type CliIo, processIo } from "./cli-io.ts";
import { type ConnectOptions, connect, connectOptions } from "./connect.ts";
import { costsCommand } from "./costs.ts";
import { pendingCommand } from "./pending.ts";
import { accept, compare, differenceOf, discard } from "./releases.ts";
import { lagExitCode, lagTable } from "./table.ts";

interface Options extends ConnectOptions {
  readonly json?: boolean;
  readonly reason: string;
  readonly generation: number;
  readonly sample?: number;
}

type Act = (client: Selvedge, subject: string, options: Options, io: CliIo) => Promise<void>;

/** `selvedge projections`: the read models of a running server: look at them and mend them. */
export function projectionsCommand(io: CliIo = processIo): Command {
  const projections = new Command("projections").description(
    "look at a server's read models, and mend them",
  );
  projections.addCommand(listCommand(io));
  projections.addCommand(statusCommand(io));
  projections.addCommand(pendingCommand(io));
  projections.addCommand(costsCommand(io));
  projections.addCommand(
    action("pause <group>", "stop refreshing a group; changes go on being noted", pause, io),
  );
  projections.addCommand(action("resume <group>", "refresh a paused group again", resume, io));
  projections.addCommand(
    action(
      "refresh <group>",
      "refresh a group now, with the keys that were set aside",
      refresh,
      io,
    ),
  );
  projections.addCommand(
    action("rebuild <readModel>", "build it anew beside the one that is read", rebuild, io),
  );
  projections.addCommand(
    action("return <readModel>", "go one step back to its previous generation", goBack, io),
  );
  projections.addCommand(
    decision("accept <readModel>", "let its changed declaration, which waits, be read", accept, io),
  );
  projections.addCommand(
    decision("compare <readModel>", "compare what waits anew with what is read", compare, io),
  );
  projections.addCommand(
    decision("discard <readModel>", "drop its changed declaration, which waits", discard, io),
  );
  projections.addCommand(
    action("verify <readModel>", "compare it with its defining query", verify, io)
      .option("--sample <rows>", "look at so many rows, picked at random", rowsOf)
      .option("--repair", "refresh the keys in which it differs"),
  );
  projections.addCommand(
    action("drop <readModel>", "drop one whose declaration is gone from the code", drop, io),
  );
  return projections;
}

function listCommand(io: CliIo): Command {
  const list = new Command("list")
    .description("show each read model's lag; exits with 2 where one is over its promise")
    .option("--json", "print as JSON");
  for (const option of connectOptions) list.addOption(option);
  return list.action(async (options: Options) => {
    const client = await connect(options, io);
    const [lag, { generations }] = await Promise.all([
      client.operations.lag(),
      client.operations.generations(),
    ]);
    io.out(options.json ? JSON.stringify(lag, null, 2) : lagTable(lag));
    const declared = new Set(lag.readModels.map(({ name }) => name));
    const kept = new Set(generations.map(({ readModel }) => readModel));
    for (const name of [...kept].filter((one) => !declared.has(one))) {
      io.note(`${name} is kept fresh, but this server does not declare it; drop removes it`);
    }
    io.exitWith(lagExitCode(lag));
  });
}

function statusCommand(io: CliIo): Command {
  const status = new Command("status")
    .argument("<readModel>", "as the SDK names it, like orderBoard")
    .description("show a read model's generations, what is set aside, and how it was verified")
    .option("--json", "print as JSON");
  for (const option of connectOptions) status.addOption(option);
  return status.action(async (readModel: string, options: Options) => {
    const client = await connect(options, io);
    const [{ generations }, { heldKeys }, { verifications }] = await Promise.all([
      client.operations.generations({ readModel }),
      client.operations.heldKeys({ readModel }),
      client.operations.verifications({ readModel }),
    ]);
    if (generations.length === 0)
      throw new CliError(`there is no read model ${readModel} with rows`);
    if (options.json) {
      return io.out(JSON.stringify({ generations, heldKeys, verifications }, null, 2));
    }
    const rows = generations.map((one) => {
      const state = one.waitingSince === null ? one.state : "waits";
      return [one.id, state, one.hash, one.installedAt];
    });
    io.out(tableOf(["generation", "state", "declaration", "since"], rows));
    for (const one of generations) if (one.waitingSince !== null) io.out(differenceOf(one));
    for (const { key, error } of heldKeys) io.out(`set aside ${JSON.stringify(key)}: ${error}`);
    const [last] = verifications;
    if (last) io.out(verdictOf(last));
  });
}

function action(usage: string, description: string, act: Act, io: CliIo): Command {
  const command = new Command(usage.split(" ")[0])
    .argument(usage.split(" ")[1] ?? "")
    .description(description)
    .requiredOption("--reason <text>", "why; it is kept with who did it");
  for (const option of connectOptions) command.addOption(option);
  return command.action(async (subject: string, options: Options) => {
    await act(await connect(options, io), subject, options, io);
  });
}

/** One decides on what one has seen: `status` tells the number. */
function decision(usage: string, description: string, act: Act, io: CliIo): Command {
  return action(usage, description, act, io).requiredOption(
    "--generation <number>",
    "which one, as status tells it",
    generationOf,
  );
}

function generationOf(value: string): number {
  const id = Number(value);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new InvalidArgumentError("a whole number is wanted, as status tells it");
}

const pause: Act = async (client, group, { reason }, io) => {
  await client.operations.pause({ group, reason });
  io.out(`${group} is paused.`);
};
const resume: Act = async (client, group, { reason }, io) => {
  await client.operations.resume({ group, reason });
  io.out(`${group} is refreshed again.`);
};
const refresh: Act = async (client, group, { reason }, io) => {
  await client.operations.refresh({ group, reason });
  io.out(`${group} is being refreshed.`);
};
const rebuild: Act = async (client, readModel, { reason }, io) => {
  await client.operations.rebuild({ readModel, reason });
  io.out(`${readModel} is being built anew; the rows that are there are read until it is done.`);
};
const goBack: Act = async (client, readModel, { reason }, io) => {
  await client.operations.returnToPrevious({ readModel, reason });
  io.out(`${readModel} shows its previous generation; once more undoes it.`);
};
const drop: Act = async (client, readModel, { reason }, io) => {
  await client.operations.drop({ readModel, reason });
  io.out(`${readModel} is dropped, with all of its generations.`);
};
const verify: Act = async (client, readModel, options, io) => {
  const { reason, sample } = options;
  const input = { readModel, reason, ...(sample !== undefined && { sample }) };
  const { verification } = await client.operations.verify(input);
  const found = await verdict(client, readModel, verification);
  io.out(verdictOf(found));
  const differs = (found.missing ?? 0) + (found.extra ?? 0) + (found.different ?? 0) > 0;
  if (differs && (options as { repair?: boolean }).repair) {
    const { keys } = await client.operations.repair({ readModel, reason, verification });
    io.out(`${keys} keys are being refreshed.`);
  } else if (differs || found.error !== null) io.exitWith(1);
};

type Verdict = Awaited<
  ReturnType<Selvedge["operations"]["verifications"]>
>["verifications"][number];

// A refresher takes it up within two seconds; the comparison itself takes what it takes.
const verdictLooksMs = 250;

async function verdict(client: Selvedge, readModel: string, id: number): Promise<Verdict> {
  for (;;) {
    const { verifications } = await client.operations.verifications({ readModel });
    const found = verifications.find((one) => one.id === id);
    if (found?.finishedAt) return found;
    await new Promise((resolve) => setTimeout(resolve, verdictLooksMs));
  }
}

function verdictOf({ rowsChecked, missing, extra, different, error, finishedAt }: Verdict): string {
  if (error !== null) return `It could not be compared: ${error}`;
  if (finishedAt === null) return "It is being compared.";
  const counts = `${missing} missing, ${extra} too many, ${different} different`;
  return `${rowsChecked} rows compared: ${counts}.`;
}

function tableOf(head: string[], rows: (string | number)[][]): string {
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}

function rowsOf(value: string): number {
  const rows = Number(value);
  if (Number.isInteger(rows) && rows >= 1 && rows <= 100_000) return rows;
  throw new InvalidArgumentError("a whole number from 1 to 100000 is wanted");
}
