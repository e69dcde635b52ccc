/*
 * What a host's slices are made with: the same words as Selvedge's own. Columns and inputs are zod
 * schemas, entities are MikroORM's, questions are tagged SQL; they come from here, so that a host
 * works with the very copies that the kernel does.
 */

export { defineEntity, p } from "@mikro-orm/postgresql";
export { default as sql, empty, join, raw, type Sql } from "sql-template-tag";
export { z } from "zod";
export type { Identity } from "./kernel/context.ts";
export { AtMost } from "./kernel/entity-query.ts";
export { type Aggregate, type DomainEvent, happened } from "./kernel/events.ts";
export { declareLife, type Life } from "./kernel/life.ts";
export {
  cents,
  count,
  id,
  jsonObject,
  keyText,
  quantity,
  quantityChange,
  quantityOrZero,
  safeText,
  timestamp,
} from "./kernel/primitives.ts";
export { command, type ProcedureMeta, query, router } from "./kernel/procedure.ts";
export { type ReadModel, readModel } from "./kernel/read-model.ts";
export { pageOf } from "./kernel/read-model-query.ts";
export type { QueryScope } from "./kernel/read-scope.ts";
export { declareRefusals, Refusal, type RefusalDeclaration } from "./kernel/refusals.ts";
export type { CommandScope } from "./kernel/unit-of-work.ts";
