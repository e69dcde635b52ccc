import { z } from "zod";
import { keyText } from "../../kernel/primitives.ts";

/** A grade: its short name, what it means, whether it is sold, and whether wear rules it out. */
export const gradeRule = z.strictObject({
  code: keyText(),
  name: keyText(),
  sellable: z.boolean(),
  forbidsWear: z.boolean().default(false),
});

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is a time of day like 17:30");

/** A carrier, and by when its parcels have to be handed over each day (UTC). */
export const carrier = z.strictObject({ name: keyText(), cutOff: clock });

const isDistinct = (names: readonly string[]) => new Set(names).size === names.length;

/** Everything that a house decides for itself. */
export const houseSettings = z.strictObject({
  grades: z
    .array(gradeRule)
    .min(1)
    .max(20)
    .refine((grades) => isDistinct(grades.map(({ code }) => code)), "names a grade twice"),
  /** For so many days after it was handed over a parcel may come back. */
  returnWindowDays: z.int().min(0).max(3_650),
  carriers: z
    .array(carrier)
    .max(50)
    .refine((carriers) => isDistinct(carriers.map(({ name }) => name)), "names a carrier twice"),
  /** Read models, as the SDK names them, and the freshness that the house is promised, in ms. */
  promises: z.record(keyText(), z.int().min(100).max(86_400_000)),
});

/** What a house has decided. */
export type HouseSettings = z.infer<typeof houseSettings>;

/** Some of it, decided anew. */
export const settingsChanges = houseSettings.partial();

/** What a house decides anew. */
export type SettingsChanges = z.infer<typeof settingsChanges>;

/** What holds until a house decides otherwise. */
export const defaultSettings: HouseSettings = {
  grades: [
    { code: "N", name: "new with tags", sellable: true, forbidsWear: true },
    { code: "A", name: "like new", sellable: true, forbidsWear: false },
    { code: "B", name: "good", sellable: true, forbidsWear: false },
    { code: "C", name: "visible wear", sellable: true, forbidsWear: false },
    { code: "D", name: "not sellable", sellable: false, forbidsWear: false },
  ],
  returnWindowDays: 30,
  carriers: [],
  promises: {},
};
