import type { CommandOptions, CommandResult, Modules } from "@selvedge/sdk";

/** The part of the SDK that the sample day uses; a `Selvedge` instance fits. */
export type SampleDayClient = Pick<Modules, Part> & { receipts(): string[] };

type Part = Dock | Desk | Floor;
type Dock = "inbound" | "garments" | "bins";
type Desk = "settings" | "catalogue" | "orders" | "stock";
type Floor = "waves" | "shipments";

type CommandOf<Call> = Call extends (
  input: infer Input,
  options?: CommandOptions,
) => Promise<CommandResult<infer Data>>
  ? { input: Input; data: Data }
  : never;

type CommandsOf<Name extends keyof Modules> = {
  [Command in keyof Modules[Name] & string as [CommandOf<Modules[Name][Command]>] extends [never]
    ? never
    : `${Name}.${Command}`]: CommandOf<Modules[Name][Command]>;
};

/** Every command of the warehouse by its path, with what it takes and what it answers. */
export type Commands = CommandsOf<"bins"> &
  CommandsOf<"catalogue"> &
  CommandsOf<"garments"> &
  CommandsOf<"inbound"> &
  CommandsOf<"orders"> &
  CommandsOf<"settings"> &
  CommandsOf<"shipments"> &
  CommandsOf<"stock"> &
  CommandsOf<"waves">;

/** A command's path, such as `garments.gradeGarment`. */
export type CommandPath = keyof Commands;

/** What a command takes. */
export type InputOf<Path extends CommandPath> = Commands[Path]["input"];

/** What a command answers. */
export type DataOf<Path extends CommandPath> = Commands[Path]["data"];
