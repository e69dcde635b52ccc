const { SELVEDGE_SEED, SELVEDGE_SEEDS = "1" } = process.env;

/** The seed to begin with: that of the environment, to play a failure again, or a new one. */
export const firstSeed =
  SELVEDGE_SEED === undefined ? Date.now() % 1_000_000 : Number(SELVEDGE_SEED);

/** The seeds to play, as many as the environment says; one if it says nothing. */
export const seeds = Array.from({ length: Number(SELVEDGE_SEEDS) }, (_, i) => firstSeed + i);
