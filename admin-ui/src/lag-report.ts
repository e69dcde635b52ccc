import type { Selvedge } from "@selvedge/sdk";

/** What the server says about the lag of its read models at one instant. */
export type LagReport = Awaited<ReturnType<Selvedge["operations"]["lag"]>>;

/** One read model in a lag report. */
export type ReadModelLag = LagReport["readModels"][number];

/** One measurement of lag; null where nobody could measure it. */
export type LagSample = ReadModelLag["spark"][number];
