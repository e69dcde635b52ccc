import type { ImportReport } from "../import/import-report.ts";

const causesShown = 8;

/** What an import has done, for a person: one fact a line. */
export function importSummary(report: ImportReport): string[] {
  const { rows } = report;
  const sent = report.dryRun ? "would be accepted (dry run, nothing sent)" : "accepted";
  return [
    `${report.mapping}: ${count(rows.accepted)} of ${count(rows.inFile)} rows ${sent}, ` +
      `${count(rows.rejected)} rejected, ${count(rows.noted)} noted`,
    unitsLine(report),
    ...ordersLines(report),
    ...(report.batches > 0 ? [`  batches: ${count(report.batches)} opening batches`] : []),
    ...(report.dryRun ? [] : [commandsLine(report)]),
    ...laterLine(report),
    ...causeLines(report),
    ...(report.rejectsFile === null
      ? []
      : [`  every rejected and noted row with its reason: ${report.rejectsFile}`]),
  ];
}

/** How an import that stopped is gone on with. */
export function stopLine(report: ImportReport): string | null {
  const { stop } = report;
  if (!stop) return null;
  const where = stop.row === null ? "" : ` at row ${stop.row}`;
  const goOn = "What was sent stays; run the same command again to go on";
  return `stopped${where}: ${stop.reason}. ${goOn}`;
}

function unitsLine(report: ImportReport): string {
  const { accepted, rejected, assumed } = report.units;
  const all = `${count(accepted + rejected)} in the rows seen`;
  const extra = assumed > 0 ? `, and ${count(assumed)} assumed` : "";
  return `  pieces: ${all} = ${count(accepted)} accepted + ${count(rejected)} rejected${extra}`;
}

function ordersLines(report: ImportReport): string[] {
  const { placed, cancelled, lines, allocated, backordered } = report.orders;
  if (placed === 0) return [];
  const outcome = report.dryRun
    ? ""
    : ` (at placing: ${count(allocated)} allocated, ${count(backordered)} backordered)`;
  return [
    `  orders: ${count(placed)} placed with ${count(lines)} lines${outcome}, ` +
      `${count(cancelled)} of them cancelled`,
  ];
}

function commandsLine(report: ImportReport): string {
  const totals = { applied: 0, repeated: 0, refused: 0 };
  const parts = Object.entries(report.commands).flatMap(([name, counts]) => {
    totals.applied += counts.applied;
    totals.repeated += counts.repeated;
    totals.refused += counts.refused;
    return counts.applied > 0 ? [`${count(counts.applied)} ${name}`] : [];
  });
  const applied = parts.length > 0 ? ` (${parts.join(", ")})` : "";
  return (
    `  commands: ${count(totals.applied)} applied${applied}, ` +
    `${count(totals.repeated)} repeated, ${count(totals.refused)} refused`
  );
}

function laterLine(report: ImportReport): string[] {
  const states = Object.entries(report.laterStates).sort((one, other) => other[1] - one[1]);
  if (states.length === 0) return [];
  const total = states.reduce((sum, [, orders]) => sum + orders, 0);
  const listed = states.map(([status, orders]) => `${count(orders)} ${status}`).join(", ");
  return [
    `  ${count(total)} orders carry a later state that this version does not import: ${listed}`,
  ];
}

function causeLines(report: ImportReport): string[] {
  const lines = report.causes.slice(0, causesShown).map(({ kind, cause, rows, units }) => {
    const pieces = kind === "rejected" && units > 0 ? ` (${count(units)} pieces)` : "";
    return `  ${kind}: ${count(rows)} x ${cause}${pieces}`;
  });
  const more = report.causes.length - causesShown;
  return more > 0 ? [...lines, `  and ${count(more)} more reasons`] : lines;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
