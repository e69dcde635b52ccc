import type { EventsData, Selvedge } from "@selvedge/sdk";

/** Every event of some types that there is, in order. */
export async function eventsOf(
  client: Selvedge,
  ...types: string[]
): Promise<EventsData["events"][number][]> {
  const all: EventsData["events"][number][] = [];
  let after: string | undefined;
  for (;;) {
    const { data } = await client.journal.events({ after, types, limit: 500 });
    all.push(...data.events);
    if (data.caughtUp) return all;
    after = data.position;
  }
}
