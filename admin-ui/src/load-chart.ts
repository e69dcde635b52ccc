import type uPlot from "uplot";

let chart: Promise<typeof uPlot | null> | undefined;

/**
 * Loads what draws the curves, once. It is loaded apart from the page and may fail, as it throws
 * in a browser whose language tag it cannot read: the numbers must not go with the curves then.
 */
export function loadChart(): Promise<typeof uPlot | null> {
  chart ??= import("uplot").then(
    (module) => module.default,
    (cause) => {
      console.warn("No curves: the chart could not be loaded.", cause);
      return null;
    },
  );
  return chart;
}
