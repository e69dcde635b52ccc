import { z } from "zod";
import { count, jsonObject, timestamp } from "../../kernel/primitives.ts";

/** An event as it is told to people: what happened to which thing, by whom, with which command. */
export const eventColumns = {
  at: timestamp(),
  kind: z.string(),
  id: z.string(),
  version: count(),
  type: z.string(),
  data: jsonObject(),
  procedure: z.string().nullable(),
  partner: z.string(),
  command_id: z.string(),
  actor: z.string(),
} as const;
