import type uPlot from "uplot";
import { isKnown } from "./format.ts";
import { sparkTop, unknownStretches } from "./spark-data.ts";

const HATCH_EVERY_PX = 5;

/**
 * How uPlot draws a sparkline: lag as a line, the promise dashed, hatched where lag was unknown.
 */
export function sparkOptions(
  element: Element,
  size: { readonly width: number; readonly height: number },
): uPlot.Options {
  // Read when drawing, so that the curve follows the theme of the page.
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
  return {
    ...size,
    padding: [2, 3, 2, 3],
    cursor: { show: false },
    legend: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, range: (_, min, max) => (min < max ? [min, max] : [min - 1, min + 1]) },
      y: { range: (plot) => [0, sparkTop(lagsOf(plot), plot.data[2]?.[0] ?? 0)] },
    },
    series: [
      {},
      {
        stroke: () => colour("--slv-spark"),
        fill: () => colour("--slv-spark-fill"),
        width: 1.5,
        spanGaps: false,
        points: { show: true, size: 3, fill: () => colour("--slv-spark"), filter: lonelyPoints },
      },
      {
        stroke: () => colour("--slv-spark-promise"),
        width: 1,
        dash: [3, 3],
        points: { show: false },
      },
    ],
    hooks: { drawClear: [(plot) => hatchUnknown(plot, colour("--slv-spark-unknown"))] },
  };
}

function lagsOf(plot: uPlot): (number | null)[] {
  return [...(plot.data[1] ?? [])].map((lag) => lag ?? null);
}

/** A known lag between two unknown ones has no line; only a point shows it. */
function lonelyPoints(plot: uPlot): number[] {
  const lags = lagsOf(plot);
  return lags.flatMap((lag, index) =>
    isKnown(lag) && !isKnown(lags[index - 1]) && !isKnown(lags[index + 1]) ? [index] : [],
  );
}

function hatchUnknown(plot: uPlot, colour: string): void {
  const times = plot.data[0];
  if (times.length === 0) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  for (const [first, last] of unknownStretches(lagsOf(plot))) {
    const from = plot.valToPos(times[Math.max(0, first - 1)] as number, "x", true);
    const to = plot.valToPos(times[Math.min(times.length - 1, last + 1)] as number, "x", true);
    hatch(ctx, { left: from, width: Math.max(to - from, 2), top: bbox.top, height: bbox.height });
  }
  ctx.restore();
}

function hatch(ctx: CanvasRenderingContext2D, { left, top, width, height }: uPlot.BBox): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += HATCH_EVERY_PX * devicePixelRatio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}
