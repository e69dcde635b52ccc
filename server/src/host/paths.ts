import type { BasedOn, Commands, Queries } from "@selvedge/sdk";

// The SDK's types are made from the router, rows and refusals and all; a host that calls in process
// today and over HTTP tomorrow changes nothing but the call.

/** Selvedge's own commands and queries by their paths; a host's generated SDK has more. */
export type Procedures = Commands & Queries;

/** A command by its name: `orders.placeOrder`. */
export type CommandPath<All = Procedures> = {
  [Path in keyof All]: All[Path] extends { refusal: unknown } ? Path : never;
}[keyof All];

/** A query by its name: `stock.sellableAvailability`. */
export type QueryPath<All = Procedures> = Exclude<keyof All, CommandPath<All>>;

/** What a command or a query takes. */
export type InputOf<Path extends keyof All, All = Procedures> = PartOf<All[Path], "input">;

/** What a command or a query answers, its receipt or its freshness left aside. */
export type DataOf<Path extends keyof All, All = Procedures> = PartOf<All[Path], "data">;

/** Why a command may be refused. */
export type RefusalOf<Path extends CommandPath<All>, All = Procedures> = PartOf<
  All[Path],
  "refusal"
>;

type PartOf<Procedure, Name extends string> =
  Procedure extends Record<Name, infer Part> ? Part : never;

/** What a command was decided on, as the SDK says it. */
export type DecidedOn = BasedOn;
