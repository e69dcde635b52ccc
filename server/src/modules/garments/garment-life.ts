import { declareLife } from "../../kernel/life.ts";

/** What a garment may go through, from the dock to the customer, and back. */
export const garmentLife = declareLife("Garment", "received", {
  grade: { from: ["received"], to: "graded" },
  sendToRework: { from: ["graded", "stored"], to: "rework" },
  completeRework: { from: ["rework"], to: "received" },
  donate: { from: ["graded", "stored"], to: "donated" },
  recycle: { from: ["graded", "stored"], to: "recycled" },
  returnToOwner: { from: ["graded", "stored"], to: "returnedToOwner" },
  store: { from: ["graded"], to: "stored" },
  unstore: { from: ["stored"], to: "graded" },
  reserve: { from: ["stored"], to: "reserved" },
  release: { from: ["reserved"], to: "stored" },
  pick: { from: ["reserved"], to: "picked" },
  unpick: { from: ["picked", "packed"], to: "graded" },
  pack: { from: ["picked"], to: "packed" },
  unpack: { from: ["packed"], to: "picked" },
  ship: { from: ["packed"], to: "shipped" },
  comeBack: { from: ["shipped"], to: "received" },
  quarantine: { from: ["received", "graded", "rework", "stored", "reserved"], to: "quarantined" },
  releaseUngraded: { from: ["quarantined"], to: "received" },
  releaseGraded: { from: ["quarantined"], to: "graded" },
  releaseStored: { from: ["quarantined"], to: "stored" },
  miss: {
    from: ["received", "graded", "rework", "stored", "reserved", "quarantined"],
    to: "missing",
  },
  find: { from: ["missing"], to: "stored" },
  findLoose: { from: ["missing"], to: "graded" },
  findUngraded: { from: ["missing"], to: "received" },
  writeOff: {
    from: ["received", "graded", "rework", "stored", "quarantined", "missing"],
    to: "writtenOff",
  },
  lose: { from: ["shipped"], to: "writtenOff" },
});

/** Where a garment is in its life. */
export type GarmentStatus = ReturnType<typeof garmentLife.after>;

/** A kind of step in a garment's life. */
export type GarmentStep = keyof typeof garmentLife.steps;
