import type { InputOf } from "../sample-day-client.ts";
import { people } from "./people.ts";
import type { Planning, SampleCommand } from "./planning.ts";

type Names = readonly [string, ...string[]];

/** The places of the sample warehouse. */
export interface SampleBins {
  readonly registrations: readonly SampleCommand<"bins.registerBin">[];
  /** Where pickers take pieces of batches from. */
  readonly lots: Names;
  /** Where pickers take single pieces from. */
  readonly pieces: Names;
  /** Where batches wait that are too many for the pickers' bins. */
  readonly reserve: Names;
  /** Where pieces are set aside. */
  readonly quarantine: Names;
}

interface Zone {
  readonly zone: string;
  readonly kind: InputOf<"bins.registerBin">["kind"];
  readonly bins: number;
  readonly capacity: number;
}

/** Plans the bins, zone by zone along the pickers' walk. */
export function sampleBins({ size, command }: Planning): SampleBins {
  const lots: Zone = { zone: "A", kind: "pick", bins: size.lotBins, capacity: 240 };
  const pieces: Zone = { zone: "B", kind: "pick", bins: size.pieceBins, capacity: 40 };
  const reserve: Zone = { zone: "R", kind: "reserve", bins: 4, capacity: 600 };
  const quarantine: Zone = { zone: "Q", kind: "quarantine", bins: 2, capacity: 20 };
  const returns: Zone = { zone: "T", kind: "return", bins: 2, capacity: 60 };
  const benches: Zone = { zone: "P", kind: "pack", bins: 4, capacity: 30 };
  const zones = [lots, pieces, reserve, quarantine, returns, benches];
  return {
    registrations: zones.flatMap(({ zone, kind, bins, capacity }, z) =>
      codes(zone, bins).map((code, at) => {
        const pickSequence = (z + 1) * 100 + at;
        const bin = { code, zone, pickSequence, kind, capacity };
        return command(people.lead, "bins.registerBin", code, bin);
      }),
    ),
    lots: codes(lots.zone, lots.bins),
    pieces: codes(pieces.zone, pieces.bins),
    reserve: codes(reserve.zone, reserve.bins),
    quarantine: codes(quarantine.zone, quarantine.bins),
  };
}

function codes(zone: string, bins: number): Names {
  const code = (at: number) => `${zone}-${String(at + 1).padStart(2, "0")}`;
  const more = Array.from({ length: bins - 1 }, (_none, at) => code(at + 1));
  return [code(0), ...more];
}
