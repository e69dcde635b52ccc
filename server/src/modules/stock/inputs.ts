import { z } from "zod";
import { count, id, keyText } from "../../kernel/primitives.ts";

/** A warehouse's short name. */
export const warehouse = () => keyText();

/** A grade's short name, such as N (new with tags) or B (good). */
export const grade = () => keyText();

/** Where a house has one warehouse only. */
export const defaultWarehouse = "main";

/** New with tags. */
export const defaultGrade = "N";

/** Order lines that lost their pieces, each with what it has instead. */
export const deallocatedLines = () =>
  z.array(
    z.strictObject({
      ...{ orderId: id(), line: count(), qty: count() },
      batch: z.string().nullable(),
      lpns: z.array(z.string()),
    }),
  );
