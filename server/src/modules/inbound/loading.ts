import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { Inbound } from "./inbound.ts";
import { InboundLine } from "./inbound-line.ts";
import { inboundRefusals } from "./refusals.ts";

/**
 * Loads an inbound with all its lines or one of them, or refuses. Its row is held, before those of
 * stock, garments and bins: a whole dock receives on one inbound.
 */
export async function loadInbound(
  ctx: Pick<CommandScope, "load" | "find">,
  inboundId: string,
  line?: number,
): Promise<Inbound> {
  const unknown = () => inboundRefusals.because("inbound-unknown", { inboundId });
  const where = line === undefined ? { inboundId } : { inboundId, line };
  // Sent together; the lines are read once the row is held.
  const [inbound, lines] = await Promise.all([
    ctx.load(Inbound, { id: inboundId }, unknown, { lock: true }),
    ctx.find(InboundLine, where, { orderBy: { line: "asc" } }),
  ]);
  inbound.lines = lines;
  return inbound;
}
