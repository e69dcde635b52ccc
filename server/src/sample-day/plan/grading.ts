import type { InputOf } from "../sample-day-client.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { SampleBins } from "./bins.ts";
import type { IncomingPiece } from "./deliveries.ts";
import { people, turn } from "./people.ts";
import type { Planning, Script } from "./planning.ts";

/** What graders, workshop and stowers do to one piece. */
export interface GradedPiece {
  readonly lpn: string;
  readonly sku: string;
  readonly priceCents: number;
  readonly work: Script;
  /** The grade and the bin in which it is on sale; null where it is not. */
  readonly onSale: { readonly grade: string; readonly bin: string } | null;
}

/** What becomes of a piece; the weights are out of a hundred. */
const fates = [
  ["sells", 68],
  ["is reworked", 7],
  ["is graded lower", 5],
  ["falls apart", 3],
  ["leaves", 9],
  ["stays in the workshop", 3],
  ["is undecided", 3],
  ["waits on a trolley", 2],
] as const;

type Fate = (typeof fates)[number][0];
type Grade = "A" | "B" | "C" | "D";
type Defects = NonNullable<InputOf<"garments.gradeGarment">["defects"]>;
type Disposition = InputOf<"garments.decideDisposition">["disposition"];

const defectsOf: Readonly<Record<Grade, readonly [Defects, Defects]>> = {
  A: [[], []],
  B: [
    [{ kind: "pilling", place: "left sleeve", severity: "minor" }],
    [{ kind: "fading", place: "collar", severity: "minor" }],
  ],
  C: [
    [{ kind: "stain", place: "hem", severity: "minor" }],
    [
      { kind: "stretched", place: "cuffs", severity: "minor" },
      { kind: "missingPart", place: "second button", severity: "minor" },
    ],
  ],
  D: [
    [{ kind: "tear", place: "back seam", severity: "major" }],
    [{ kind: "hole", place: "elbow", severity: "major" }],
  ],
};

/** Plans what becomes of each piece that is graded on this day. */
export function gradedPieces(
  planning: Planning,
  pieces: readonly IncomingPiece[],
  bins: SampleBins,
  random: SeededRandom,
): GradedPiece[] {
  return pieces
    .filter(({ isGraded }) => isGraded)
    .map((piece, at) => {
      // Each of them happens once before chance begins to choose.
      const fate = fates[at]?.[0] ?? fateBy(random);
      const best = random.pick<Grade>(["A", "A", "B", "B", "B", "C"]);
      const bin = turn(bins.pieces, at);
      const { lpn, variant, consignor } = piece;
      const out = consignor !== null ? "returnToOwner" : at % 2 === 0 ? "donate" : "recycle";
      const work = workOf(fate, handsOn(planning, { lpn, at, bin, random }), { best, out });
      const grade = gradeOnSale(fate, best);
      const onSale = grade === null ? null : { grade, bin };
      return { lpn, sku: variant.facts.sku, priceCents: variant.priceCents, work, onSale };
    });
}

/** The steps of the work on one piece; what is done for the second time says so. */
function handsOn({ command }: Planning, { lpn, at, bin, random }: PieceAt) {
  const grader = turn(people.graders, at);
  const defects = (grade: Grade) => random.pick(defectsOf[grade]);
  return {
    grade: (grade: Grade, time = "first") => {
      const found = { lpn, grade, defects: defects(grade) };
      return command(grader, "garments.gradeGarment", `${lpn}/${time}`, found);
    },
    regrade: (grade: Grade, reason: string) => {
      const found = { lpn, grade, defects: defects(grade), reason };
      return command(turn(people.graders, at + 1), "garments.regradeGarment", lpn, found);
    },
    decide: (disposition: Disposition, time = "first") =>
      command(grader, "garments.decideDisposition", `${lpn}/${time}`, { lpn, disposition }),
    wash: () => command(grader, "garments.sendToRework", lpn, { lpn, work: "wash out the stain" }),
    mended: () =>
      command(people.workshop, "garments.completeRework", lpn, { lpn, result: "it is gone" }),
    stow: () => command(turn(people.stowers, at), "garments.putAway", lpn, { lpn, bin }),
  };
}

interface PieceAt {
  readonly lpn: string;
  readonly at: number;
  readonly bin: string;
  readonly random: SeededRandom;
}

function workOf(
  fate: Fate,
  { grade, regrade, decide, wash, mended, stow }: ReturnType<typeof handsOn>,
  { best, out }: { best: Grade; out: Disposition },
): Script {
  switch (fate) {
    case "sells":
      return [grade(best), decide("sell"), stow()];
    case "is reworked":
      return [grade("C"), wash(), mended(), grade("B", "again"), decide("sell"), stow()];
    case "is graded lower":
      return [grade("A"), decide("sell"), stow(), regrade("B", "a pulled thread in daylight")];
    case "falls apart": {
      const sold = [grade("C"), decide("sell"), stow()];
      return [...sold, regrade("D", "the seam has given way"), decide(out, "again")];
    }
    case "leaves":
      return [grade("D"), decide(out)];
    case "stays in the workshop":
      return [grade("C"), wash()];
    case "is undecided":
      return [grade(best)];
    case "waits on a trolley":
      return [grade(best), decide("sell")];
  }
}

function gradeOnSale(fate: Fate, best: Grade): Grade | null {
  if (fate === "sells") return best;
  return fate === "is reworked" || fate === "is graded lower" ? "B" : null;
}

function fateBy(random: SeededRandom): Fate {
  let left = random.next() * 100;
  for (const [fate, weight] of fates) {
    left -= weight;
    if (left < 0) return fate;
  }
  return "sells";
}
