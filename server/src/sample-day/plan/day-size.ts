/** How much happens on the sample day. */
export interface DaySize {
  readonly name: "whole" | "small";
  /** So many commands it comes to, more or less: some follow from answers. */
  readonly commands: number;
  /** Variants that the house has batches of. */
  readonly stockedVariants: number;
  /** Variants that come in piece by piece. */
  readonly secondHandVariants: number;
  readonly lotBins: number;
  readonly pieceBins: number;
  readonly suppliers: number;
  readonly sellers: number;
  readonly consignors: number;
  readonly moves: number;
  readonly quarantines: number;
  /** Pieces that customers have asked for before they are on sale. */
  readonly keptPieces: number;
  readonly morningOrders: number;
  readonly afternoonOrders: number;
  readonly deliveryLines: number;
}

/** The day that is played unless a smaller one is asked for. */
export const wholeDay: DaySize = {
  name: "whole",
  commands: 3_400,
  stockedVariants: 80,
  secondHandVariants: 40,
  lotBins: 20,
  pieceBins: 12,
  suppliers: 6,
  sellers: 14,
  consignors: 4,
  moves: 10,
  quarantines: 8,
  keptPieces: 16,
  morningOrders: 230,
  afternoonOrders: 190,
  deliveryLines: 24,
};

/** Everything that happens on the whole day, but seldom more than once. */
export const smallDay: DaySize = {
  name: "small",
  commands: 650,
  stockedVariants: 16,
  secondHandVariants: 12,
  lotBins: 4,
  pieceBins: 4,
  suppliers: 3,
  sellers: 5,
  consignors: 1,
  moves: 2,
  quarantines: 3,
  keptPieces: 4,
  morningOrders: 36,
  afternoonOrders: 20,
  deliveryLines: 6,
};
