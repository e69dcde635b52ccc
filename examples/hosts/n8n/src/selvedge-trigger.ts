import type { Triggered, Triggering } from "./n8n.ts";
import { selvedgeOf } from "./selvedge-of.ts";

/** A workflow begins with what has happened in the warehouse. */
export class SelvedgeTrigger {
  readonly description = {
    ...{ displayName: "Selvedge Trigger", name: "selvedgeTrigger", icon: "file:selvedge.svg" },
    ...{ group: ["trigger"], version: 1, defaults: { name: "Selvedge Trigger" } },
    description: "Starts with each event of the journal, in order, none left out",
    ...{ inputs: [], outputs: ["main"] },
    credentials: [{ name: "selvedgeApi", required: true }],
    properties: [
      {
        ...{ displayName: "Event Types", name: "types", type: "string", default: "" },
        ...{ placeholder: "OrderPlaced, ParcelHandedOver" },
        description: "Which events, by their types with commas between; all if empty",
      },
      {
        ...{ displayName: "Begin", name: "begin", type: "options", default: "now" },
        options: [
          { name: "With What Happens Now", value: "now" },
          { name: "With the First Event Ever", value: "start" },
        ],
        description: "Where a workflow begins that was never active; later it goes on where it was",
      },
    ],
  };

  /** Follows the feed while the workflow is active; the position is kept with the workflow. */
  async trigger(this: Triggering): Promise<Triggered> {
    const selvedge = await selvedgeOf(this);
    const kept = this.getWorkflowStaticData("node");
    const ending = new AbortController();
    const types = String(this.getNodeParameter("types", ""))
      .split(",")
      .map((type) => type.trim())
      .filter((type) => type !== "");
    const filter = types.length > 0 ? { types } : {};

    const follow = async (after: string | undefined, limit = Number.POSITIVE_INFINITY) => {
      const { signal } = ending;
      const input = { ...filter, ...(after !== undefined && { after }) };
      let told = 0;
      for await (const event of selvedge.journal.events.follow(input, { signal })) {
        this.emit([[{ json: event }]]);
        kept.position = event.position;
        told += 1;
        if (told >= limit) return;
      }
    };
    const begin = async () => {
      if (kept.position !== undefined) return kept.position;
      return this.getNodeParameter("begin", "now") === "start" ? undefined : here(selvedge);
    };

    let following: Promise<void> | undefined;
    if (this.getMode() !== "manual") {
      const after = await begin();
      following = follow(after).catch((error: unknown) => {
        if (!ending.signal.aborted) this.emitError(error as Error);
      });
    }
    return {
      closeFunction: async () => {
        ending.abort();
        await following;
      },
      // Whoever tries it by hand is shown the next event.
      manualTriggerFunction: async () => follow(await here(selvedge), 1),
    };
  }
}

/** The position behind all that has happened. */
async function here({ journal }: Awaited<ReturnType<typeof selvedgeOf>>): Promise<string> {
  let after: string | undefined;
  for (;;) {
    const { data } = await journal.events({ limit: 500, ...(after !== undefined && { after }) });
    after = data.position;
    if (data.caughtUp) return after;
  }
}
