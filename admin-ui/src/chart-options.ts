import type uPlot from "uplot";
import { formatDuration } from "./format.ts";
import { sparkOptions } from "./spark-options.ts";

const dayS = 86_400;

/** Times of day, or days where the marks are so far apart, as the page writes them elsewhere. */
function labelsOf(splits: readonly number[]): (seconds: number) => string {
  const isDaily = (splits[1] ?? 0) - (splits[0] ?? 0) >= dayS;
  const digits = (part: number) => String(part).padStart(2, "0");
  return (seconds) => {
    const at = new Date(seconds * 1_000);
    return isDaily
      ? `${digits(at.getMonth() + 1)}-${digits(at.getDate())}`
      : `${digits(at.getHours())}:${digits(at.getMinutes())}`;
  };
}

/** How uPlot draws a read model's history: as a sparkline, with axes of time and of lag. */
export function chartOptions(
  element: Element,
  size: { readonly width: number; readonly height: number },
): uPlot.Options {
  const small = sparkOptions(element, size);
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--slv-text-soft"),
    grid: { stroke: colour("--slv-line"), width: 1 },
    ticks: { show: false },
    font: `12px ${getComputedStyle(element).fontFamily}`,
  };
  return {
    ...small,
    padding: [10, 8, 0, 0],
    scales: { ...small.scales, x: { time: true } },
    axes: [
      { ...axis, size: 28, values: (_, splits) => splits.map(labelsOf(splits)) },
      { ...axis, size: 64, values: (_, splits) => splits.map(formatDuration) },
    ],
  };
}
