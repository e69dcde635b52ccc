import { expectTypeOf, test } from "vitest";
import { extendSelvedge } from "../application.ts";
import type { SelvedgeModuleService } from "../hosts/medusa/index.ts";
import type { SelvedgeModuleOptions, SelvedgeService } from "../hosts/nestjs/index.ts";
import { createSelvedge, type Selvedge, type SelvedgeOptions } from "../selvedge.ts";
import type { HostEventHandler } from "./host-events.ts";
import type { Asked, Executed } from "./in-process.ts";
import type { CommandPath, InputOf, Procedures, QueryPath, RefusalOf } from "./paths.ts";

/* What is typed by the name of a command or a query; it is the compiler that these fail with. */

type Sew = { input: { lpn: string }; data: { stitches: number }; refusal: "thread-torn" };
type Stitches = { input: { lpn?: string }; data: { rows: { stitches: number }[] } };
/** As the generated SDK of a host has them. */
type Theirs = Procedures & { "repairs.sew": Sew; "repairs.stitches": Stitches };

const lists = { entities: [], refusals: [], readModels: [] };
const application = extendSelvedge<Theirs>({ modules: {}, ...lists });
const databaseUrl = "postgres://nowhere";
const extended = createSelvedge({ databaseUrl, application });
const own = createSelvedge({ databaseUrl });

test("a host's own commands and queries are known where its application is given", () => {
  expectTypeOf(extended).toEqualTypeOf<Selvedge<Theirs>>();
  expectTypeOf(extended.execute<"repairs.sew">)
    .parameter(1)
    .toEqualTypeOf<Sew["input"]>();
  expectTypeOf(extended.execute<"repairs.sew">).returns.resolves.toEqualTypeOf<
    Executed<Sew["data"]>
  >();
  expectTypeOf(extended.ask<"repairs.stitches">)
    .parameter(1)
    .toEqualTypeOf<Stitches["input"]>();
  expectTypeOf(extended.ask<"repairs.stitches">).returns.resolves.toEqualTypeOf<
    Asked<Stitches["data"]>
  >();
  expectTypeOf<RefusalOf<"repairs.sew", Theirs>>().toEqualTypeOf<"thread-torn">();
  expectTypeOf(extended.onHostEvent<Date>)
    .parameter(1)
    .toEqualTypeOf<HostEventHandler<Date, Theirs>>();
});

test("Selvedge's own stay as they are, and are all where no application is given", () => {
  expectTypeOf(own).toEqualTypeOf<Selvedge>();
  expectTypeOf(extended.execute<"orders.placeOrder">)
    .parameter(1)
    .toEqualTypeOf<InputOf<"orders.placeOrder">>();
  expectTypeOf(extended.ask<"orders.orderBoard">).toEqualTypeOf(own.ask<"orders.orderBoard">);
  expectTypeOf<CommandPath<Theirs>>().toEqualTypeOf<CommandPath | "repairs.sew">();
  expectTypeOf<QueryPath<Theirs>>().toEqualTypeOf<QueryPath | "repairs.stitches">();
  // @ts-expect-error: only the host has it
  expectTypeOf(own.execute<"repairs.sew">).toBeFunction();
  // @ts-expect-error: a query is not executed
  expectTypeOf(extended.execute<"repairs.stitches">).toBeFunction();
  // @ts-expect-error: a command is not asked
  expectTypeOf(extended.ask<"repairs.sew">).toBeFunction();
});

test("whoever wants a Selvedge takes an extended one, and hosts may name what they have", () => {
  expectTypeOf(extended).toExtend<Selvedge>();
  expectTypeOf(application).toExtend<SelvedgeOptions["application"]>();
  expectTypeOf(application).toExtend<SelvedgeModuleOptions["application"]>();
  expectTypeOf<SelvedgeService<Theirs>["execute"]>().toEqualTypeOf(extended.execute);
  expectTypeOf<SelvedgeModuleService<Theirs>["selvedge"]>().toEqualTypeOf(extended);
});
