import { type RefObject, useEffect, useState } from "react";
import type uPlot from "uplot";
import { loadChart } from "./load-chart.ts";

/** How a plot is drawn in an element of this size. */
export type PlotOptions = (
  element: Element,
  size: { readonly width: number; readonly height: number },
) => uPlot.Options;

/** An empty plot that fills an element and follows its size and the colours of the page. */
export function usePlot(
  frame: RefObject<HTMLDivElement | null>,
  options: PlotOptions,
): uPlot | null {
  const [plot, setPlot] = useState<uPlot | null>(null);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let forget = () => {};
    let isGone = false;
    void isNear(element)
      .then(loadChart)
      .then((Plot) => {
        if (isGone || Plot === null) return;
        const size = () => ({ width: element.clientWidth, height: element.clientHeight });
        const drawn = new Plot(options(element, size()), undefined, element);
        const resized = new ResizeObserver(() => drawn.setSize(size()));
        resized.observe(element);
        const dark = matchMedia("(prefers-color-scheme: dark)");
        const recolour = () => drawn.redraw();
        dark.addEventListener("change", recolour);
        forget = () => {
          resized.disconnect();
          dark.removeEventListener("change", recolour);
          drawn.destroy();
        };
        setPlot(drawn);
      });
    return () => {
      isGone = true;
      forget();
      setPlot(null);
    };
  }, [frame, options]);
  return plot;
}

/** Waits until an element is nearly on the screen: of many curves few are ever looked at. */
function isNear(element: Element): Promise<void> {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        resolve();
      },
      { rootMargin: "1200px" },
    );
    observer.observe(element);
  });
}
