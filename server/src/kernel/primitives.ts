import { z } from "zod";

/*
 * Naive zod types let values through that SQL then refuses or changes silently: NUL and lone
 * surrogates in text, 2^31 in an integer column, the year 300000 in a timestamp. Every input is
 * built from these primitives instead.
 */

const quantityMax = 1_000_000;
const centsMax = 2_000_000_000;
const yearMin = 1970;
const yearMax = 2200;

/** Text that PostgreSQL stores unchanged: well-formed Unicode, no control characters, bounded. */
export const safeText = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .refine((text) => text.isWellFormed(), "is not well-formed Unicode")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
    .regex(/^[^\u0000-\u001f\u007f]*$/, "contains control characters");

/**
 * A key that people and scanners write: safe text of at most 100 characters, no blank at the ends.
 */
export const keyText = () =>
  safeText(100).refine((text) => text === text.trim(), "has blanks at its ends");

/** A number of pieces, at least one. */
export const quantity = () => z.int().min(1).max(quantityMax);

/** A number of pieces, zero included. */
export const quantityOrZero = () => z.int().min(0).max(quantityMax);

/** So many pieces more, or fewer where it is negative; never none. */
export const quantityChange = () =>
  z
    .int()
    .min(-quantityMax)
    .max(quantityMax)
    .refine((by) => by !== 0, "is no change");

/** An amount of money in whole cents of its currency. */
export const cents = () => z.int().min(0).max(centsMax);

/** A count as it comes back from a query. */
export const count = () => z.int().min(0);

/** A moment: ISO 8601 with an offset, in a year that a warehouse can mean. */
export const timestamp = () =>
  z.iso
    .datetime({ offset: true })
    .max(40)
    .refine((text) => {
      const year = new Date(text).getUTCFullYear();
      return year >= yearMin && year <= yearMax;
    }, `is outside ${yearMin} to ${yearMax}`);

const jsonValue = z.json().meta({ id: "JsonValue" });

/** An object of which each kind knows its own fields, such as the data of an event. */
export const jsonObject = () => z.record(z.string(), jsonValue);

/** A random identifier made by the server. */
export const id = () => z.uuid();
