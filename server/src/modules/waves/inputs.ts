import { z } from "zod";
import { keyText } from "../../kernel/primitives.ts";

/** Most tasks that one wave has. */
export const tasksMax = 5_000;

/** The number of a task in its wave. */
export const taskNumber = () => z.int().min(1).max(tasksMax);

/** Who picks: the name under which they sign in. */
export const picker = () => keyText();
