import { z } from "zod";
import { keyText } from "../../kernel/primitives.ts";

/** A bin's short name, unique in its warehouse. */
export const binCode = () => keyText();

/** What a bin is for. */
export const binKinds = ["pick", "reserve", "quarantine", "return", "pack"] as const;

/** What a bin is for. */
export const binKind = () => z.enum(binKinds);

/** How many pieces a bin has room for. */
export const capacity = () => z.int().min(1).max(1_000_000);

/** Where a bin comes on a picker's way: the lower, the earlier. */
export const pickSequence = () => z.int().min(0).max(1_000_000_000);
