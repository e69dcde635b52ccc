import type { BasedOn, Commands, Queries } from "@selvedge/sdk";

// The SDK's types are made from the router, rows and refusals and all; a host that calls in process
// today and over HTTP tomorrow changes nothing but the call.

/** A command by its name: `orders.placeOrder`. */
export type CommandPath = keyof Commands;

/** A query by its name: `stock.sellableAvailability`. */
export type QueryPath = keyof Queries;

/** What a command or a query takes. */
export type InputOf<Path extends CommandPath | QueryPath> = (Commands & Queries)[Path]["input"];

/** What a command or a query answers, its receipt or its freshness left aside. */
export type DataOf<Path extends CommandPath | QueryPath> = (Commands & Queries)[Path]["data"];

/** Why a command may be refused. */
export type RefusalOf<Path extends CommandPath> = Commands[Path]["refusal"];

/** What a command was decided on, as the SDK says it. */
export type DecidedOn = BasedOn;
