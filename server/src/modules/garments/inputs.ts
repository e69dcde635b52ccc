import { z } from "zod";
import { count, id, keyText, safeText } from "../../kernel/primitives.ts";

/** A licence plate: the label that names one piece for its whole life in the house. */
export const lpn = () => keyText();

/** What can be wrong with a piece; all but `production` come from wear. */
export const defectKinds = [
  "stain",
  "hole",
  "tear",
  "pilling",
  "fading",
  "odour",
  "stretched",
  "missingPart",
  "production",
] as const;

/** Something wrong with a piece: what, where, how bad, and a photo's reference. */
export const defect = () =>
  z.strictObject({
    kind: z.enum(defectKinds),
    place: safeText(100),
    severity: z.enum(["minor", "major"]),
    photo: safeText(500).optional(),
  });

/** All that is wrong with a piece. */
export const defects = () => z.array(defect()).max(20);

/** What is to become of a graded piece. */
export const disposition = () => z.enum(["sell", "donate", "recycle", "returnToOwner"]);

/** Why somebody does something, for whoever asks later. */
export const reason = () => safeText(500);

/** An order line that has lost a piece, and what it has now; with nothing it waits. */
export const lineAgain = () =>
  z.strictObject({
    orderId: id(),
    line: count(),
    batch: z.string().nullable(),
    lpns: z.array(z.string()),
  });
