/** What was last said aloud to people who do not see the page. */
export interface Announcement {
  readonly text: string;
  readonly saidAt: number;
}

/** The shortest time between two announcements, so that the page does not chatter. */
export const ANNOUNCE_EVERY_MS = 10_000;

/**
 * Decides whether a sentence is worth saying aloud. It is if it says something new, numbers
 * aside, and the last announcement is long enough ago; otherwise the last one stays.
 * An empty sentence ends the last one at once: an alert on the page speaks instead.
 */
export function nextAnnouncement(
  last: Announcement | null,
  sentence: string,
  now: number,
): Announcement {
  if (last === null) return { text: sentence, saidAt: now };
  if (sentence === "") return { ...last, text: "" };
  if (withoutNumbers(last.text) === withoutNumbers(sentence)) return last;
  if (now - last.saidAt < ANNOUNCE_EVERY_MS) return last;
  return { text: sentence, saidAt: now };
}

function withoutNumbers(sentence: string): string {
  return sentence.replace(/\d[\d.,:]*\s*(ms|s|min|h|days?)?\b/g, "#");
}
