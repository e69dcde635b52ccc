import type { HouseSettings } from "../settings/inputs.ts";

/** By when a carrier has to have a parcel that is packed now; null for a carrier without a time. */
export function nextCutOff(
  settings: HouseSettings,
  carrier: string | null,
  now: Date,
): Date | null {
  const cutOff = settings.carriers.find(({ name }) => name === carrier)?.cutOff;
  if (cutOff === undefined) return null;
  const [hours = 0, minutes = 0] = cutOff.split(":").map(Number);
  const today = new Date(now);
  today.setUTCHours(hours, minutes, 0, 0);
  if (today < now) today.setUTCDate(today.getUTCDate() + 1);
  return today;
}
