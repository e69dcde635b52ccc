import { z } from "zod";
import {
  pauseGroup,
  rebuildReadModel,
  refreshNow,
  repairReadModel,
  resumeGroup,
  returnReadModel,
  verifyReadModel,
} from "../kernel/operate.ts";
import { safeText } from "../kernel/primitives.ts";
import { operation } from "../kernel/procedure.ts";
import { snakeCase } from "../kernel/schemas.ts";
import { groupName, readModelName } from "./names.ts";

const reason = () => safeText(500);
const done = z.strictObject({ done: z.literal(true) });
const ofGroup = z.strictObject({ group: groupName(), reason: reason() });
const ofReadModel = z.strictObject({ readModel: readModelName(), reason: reason() });
const scope = "operations:write";

/** Operations stop the refresh of a group. */
export const pause = operation
  .meta({ scope, doc: "Pauses the refresh of a group; changes go on being noted." })
  .input(ofGroup)
  .output(done)
  .mutation(async ({ ctx, input: { group, reason } }) => {
    await pauseGroup(ctx.engine, { identity: ctx.identity, subject: group, reason });
    return { done: true };
  });

/** Operations let a group be refreshed again. */
export const resume = operation
  .meta({ scope, doc: "Resumes the refresh of a group." })
  .input(ofGroup)
  .output(done)
  .mutation(async ({ ctx, input: { group, reason } }) => {
    await resumeGroup(ctx.engine, { identity: ctx.identity, subject: group, reason });
    return { done: true };
  });

/** Operations want a group refreshed now, with what was set aside. */
export const refresh = operation
  .meta({ scope, doc: "Refreshes a group now, and tries again the keys that were set aside." })
  .input(ofGroup)
  .output(done)
  .mutation(async ({ ctx, input: { group, reason } }) => {
    await refreshNow(ctx.engine, { identity: ctx.identity, subject: group, reason });
    return { done: true };
  });

/** Operations have a read model made anew. */
export const rebuild = operation
  .meta({ scope, doc: "Builds a read model anew beside the one that is read, then swaps it in." })
  .input(ofReadModel)
  .output(done)
  .mutation(async ({ ctx, input: { readModel, reason } }) => {
    const subject = snakeCase(readModel);
    await rebuildReadModel(ctx.engine, { identity: ctx.identity, subject, reason });
    return { done: true };
  });

/** Operations take a changed read model one step back. */
export const returnToPrevious = operation
  .meta({ scope, doc: "Puts the previous generation of a read model back; once more undoes it." })
  .input(ofReadModel)
  .output(done)
  .mutation(async ({ ctx, input: { readModel, reason } }) => {
    const subject = snakeCase(readModel);
    await returnReadModel(ctx.engine, { identity: ctx.identity, subject, reason });
    return { done: true };
  });

/** Operations doubt a read model. */
export const verify = operation
  .meta({
    scope,
    doc:
      "Asks for a comparison of a read model with its defining query: of all rows, or of some at " +
      "random. The answer is found among the verifications.",
  })
  .input(ofReadModel.extend({ sample: z.int().min(1).max(100_000).optional() }))
  .output(z.strictObject({ verification: z.int() }))
  .mutation(async ({ ctx, input: { readModel, reason, sample = null } }) => {
    const subject = snakeCase(readModel);
    const operation = { identity: ctx.identity, subject, reason, sample };
    return { verification: await verifyReadModel(ctx.engine, operation) };
  });

/** Operations mend what a verification found. */
export const repair = operation
  .meta({ scope, doc: "Refreshes the keys in which a verification found differences." })
  .input(ofReadModel.extend({ verification: z.int().min(1) }))
  .output(z.strictObject({ keys: z.int() }))
  .mutation(async ({ ctx, input: { readModel, reason, verification } }) => {
    const subject = snakeCase(readModel);
    const operation = { identity: ctx.identity, subject, reason, verification };
    return { keys: await repairReadModel(ctx.engine, operation) };
  });
