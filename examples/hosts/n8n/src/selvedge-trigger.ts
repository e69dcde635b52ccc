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
    const { signal } = ending;
    const types = String(this.getNodeParameter("types", ""))
      .split(",")
      .map((type) => type.trim())
      .filter((type) => type !== "");
    const filter = types.length > 0 ? { types } : {};

    const events = (after: string | undefined) => {
      const input = { ...filter, ...(after !== undefined && { after }) };
      return selvedge.journal.events.follow(input, { signal });
    };
    const follow = async (after: string | undefined) => {
      for await (const event of events(after)) {
        if (signal.aborted) return;
        // n8n saves what is kept as it takes an item, and not again after it.
        kept.position = event.position;
        // Workflows that are not waited for begin side by side, in any order.
        await new Promise<void>((resolve) => {
          const ended = () => resolve();
          const cutShort = ({ message }: Error) => {
            const { position, type } = event;
            this.logger.warn(
              `${type} at ${position}: its workflow did not run through: ${message}`,
            );
            resolve();
          };
          signal.onabort = ended;
          this.emit([[{ json: event }]], undefined, { resolve: ended, reject: cutShort });
        });
      }
    };
    const showNext = async () => {
      for await (const event of events(await here(selvedge))) {
        this.emit([[{ json: event }]]);
        return;
      }
    };
    let following: Promise<void> | undefined;
    if (this.getMode() !== "manual") {
      // Kept before anything happens, so that one who switches it off and on again misses nothing.
      if (this.getNodeParameter("begin", "now") === "now") kept.position ??= await here(selvedge);
      following = follow(kept.position).catch((error: unknown) => {
        if (!signal.aborted) this.emitError(error as Error);
      });
    }
    return {
      closeFunction: async () => {
        ending.abort();
        await following;
      },
      // Whoever tries it by hand is shown the next event.
      manualTriggerFunction: showNext,
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
