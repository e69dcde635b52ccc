import type { ImportReport } from "../import/import-report.ts";

const causesShown = 8;

/** What an import has done, for a person: one fact a line. */
export function importSummary(report: ImportReport): string[] {
  const { rows } = report;
  const sent = report.dryRun ? "would be accepted (dry run, nothing sent)" : "accepted";
  const aside = report.aside.rows > 0 ? `${count(report.aside.rows)} set aside, ` : "";
  const kinds = report.aside.rows > 0 ? "rejected, set aside and noted" : "rejected and noted";
  const listed = `every ${kinds} row with its reason`;
  return [
    `${report.mapping}: ${count(rows.accepted)} of ${count(rows.inFile)} rows ${sent}, ` +
      `${count(rows.rejected)} rejected, ${aside}${count(rows.noted)} noted`,
    unitsLine(report),
    ...ordersLines(report),
    ...tradeLines(report),
    ...(report.batches > 0 ? [`  batches: ${count(report.batches)} opening batches`] : []),
    ...(report.dryRun ? [] : [commandsLine(report)]),
    ...outcomesLines(report),
    ...causeLines(report),
    ...(report.rejectsFile === null ? [] : [`  ${listed}: ${report.rejectsFile}`]),
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
  const { rows, units } = report.aside;
  const all = `${count(accepted + rejected + units)} in the rows seen`;
  const aside = rows > 0 ? ` + ${count(units)} set aside` : "";
  const extra = assumed > 0 ? `, and ${count(assumed)} assumed` : "";
  return `  pieces: ${all} = ${count(accepted)} accepted + ${count(rejected)} rejected${aside}${extra}`;
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

function tradeLines(report: ImportReport): string[] {
  const { opening, corrections, reductions } = report;
  const { found, writtenOff } = corrections;
  const nothing = count(reductions.ordersCancelled);
  const gone = report.dryRun ? "" : `, leaving nothing of ${nothing} orders`;
  return [
    ...(opening.batches > 0
      ? [`  assumed: ${count(opening.batches)} opening batches of ${count(opening.units)} pieces`]
      : []),
    ...(found.rows + writtenOff.rows > 0
      ? [
          `  corrections: ${count(found.units)} pieces found in ${count(found.rows)} rows, ` +
            `${count(-writtenOff.units)} written off in ${count(writtenOff.rows)}`,
        ]
      : []),
    ...(reductions.rows > 0
      ? [
          `  reduced: ${count(-reductions.units)} pieces taken off orders by ` +
            `${count(reductions.rows)} rows${gone}`,
        ]
      : []),
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

function outcomesLines(report: ImportReport): string[] {
  const { outcomes, orders, units } = report;
  const parts = Object.entries(outcomes).flatMap(([outcome, counts]) =>
    counts.lines > 0 ? [`${count(counts.lines)} ${outcome}`] : [],
  );
  const { placed, cancelled, ...shipped } = outcomes;
  if (Object.values(shipped).every(({ lines }) => lines === 0)) return [];
  const { unfinished } = orders;
  return [
    `  order lines by what the rows say: ${parts.join(", ")}`,
    "    (the file knows their last state only: the steps up to it are inferred, and happened now)",
    ...(units.assumedStock > 0
      ? [`    ${count(units.assumedStock)} pieces of stock assumed for lines that were shipped`]
      : []),
    ...(unfinished > 0
      ? [`    ${count(unfinished)} orders did not get that far; see the notes`]
      : []),
  ];
}

function causeLines(report: ImportReport): string[] {
  const lines = report.causes.slice(0, causesShown).map(({ kind, cause, rows, units }) => {
    const pieces = kind !== "noted" && units !== 0 ? ` (${count(units)} pieces)` : "";
    return `  ${kind === "aside" ? "set aside" : kind}: ${count(rows)} x ${cause}${pieces}`;
  });
  const more = report.causes.length - causesShown;
  return more > 0 ? [...lines, `  and ${count(more)} more reasons`] : lines;
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
