import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import {
  dropUndeclared,
  type Operation,
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
import {
  acceptGeneration,
  compareGenerationAnew,
  discardGeneration,
  type ReleaseOperation,
} from "../kernel/releases.ts";
import { snakeCase } from "../kernel/schemas.ts";
import { groupName, readModelName } from "./names.ts";

const reason = () => safeText(500);
const done = z.strictObject({ done: z.literal(true) });
const ofGroup = z.strictObject({ group: groupName(), reason: reason() });
const ofReadModel = z.strictObject({ readModel: readModelName(), reason: reason() });
const scope = "operations:write";
// What replaces or removes a read model, and takes long to undo.
const graveScope = "operations:admin";

type Act = (engine: Engine, operation: Operation) => Promise<void>;

function groupAction(doc: string, act: Act) {
  return operation
    .meta({ scope, doc })
    .input(ofGroup)
    .output(done)
    .mutation(async ({ ctx, input: { group, reason } }) => {
      await act(ctx.engine, { identity: ctx.identity, subject: group, reason });
      return { done: true as const };
    });
}

function readModelAction(doc: string, act: Act) {
  return operation
    .meta({ scope: graveScope, doc })
    .input(ofReadModel)
    .output(done)
    .mutation(async ({ ctx, input: { readModel, reason } }) => {
      const subject = snakeCase(readModel);
      await act(ctx.engine, { identity: ctx.identity, subject, reason });
      return { done: true as const };
    });
}

/** Operations stop the refresh of a group. */
export const pause = groupAction(
  "Pauses the refresh of a group; changes go on being noted.",
  pauseGroup,
);

/** Operations let a group be refreshed again. */
export const resume = groupAction("Resumes the refresh of a group.", resumeGroup);

/** Operations want a group refreshed now, with what was set aside. */
export const refresh = groupAction(
  "Refreshes a group now, and tries again the keys that were set aside.",
  refreshNow,
);

/** Operations have a read model made anew. */
export const rebuild = readModelAction(
  "Builds a read model anew beside the one that is read, then swaps it in.",
  rebuildReadModel,
);

/** Operations take a changed read model one step back. */
export const returnToPrevious = readModelAction(
  "Puts the previous generation of a read model back; once more undoes it.",
  returnReadModel,
);

/** Operations remove a read model that the code has no more. */
export const drop = readModelAction(
  "Drops a read model whose declaration is gone from the code, with all of its generations. " +
    "Refused while this server declares it.",
  dropUndeclared,
);

type Decide = (engine: Engine, operation: ReleaseOperation) => Promise<void>;

function releaseAction(doc: string, decide: Decide) {
  return operation
    .meta({ scope: graveScope, doc })
    .input(ofReadModel.extend({ generation: z.int().min(1) }))
    .output(done)
    .mutation(async ({ ctx, input: { readModel, generation, reason } }) => {
      const subject = snakeCase(readModel);
      await decide(ctx.engine, { identity: ctx.identity, subject, generation, reason });
      return { done: true as const };
    });
}

/** Operations want what a changed read model changes. */
export const acceptRelease = releaseAction(
  "Lets a generation that waits because it would change what is read take its place.",
  acceptGeneration,
);

/** Operations want to know how a changed read model differs by now. */
export const compareRelease = releaseAction(
  "Has a generation that waits to be accepted compared anew with the rows that are read.",
  compareGenerationAnew,
);

/** Operations do not want a changed read model. */
export const discardRelease = releaseAction(
  "Drops a generation that waits to be accepted. Refused while this server declares it.",
  discardGeneration,
);

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
