import { type RefObject, useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import type { LagSample } from "../lag-report.ts";
import { loadChart } from "../load-chart.ts";
import { describeSpark, sparkPoints } from "../spark-data.ts";
import { sparkOptions } from "../spark-options.ts";

interface Props {
  readonly samples: readonly LagSample[];
  readonly promiseMs: number;
}

/** The last measurements of lag as a small curve, broken where lag was unknown. */
export function Sparkline({ samples, promiseMs }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = usePlot(frame);
  useEffect(() => {
    const { times, lags } = sparkPoints(samples);
    plot?.setData([times, lags, times.map(() => promiseMs)]);
  }, [plot, samples, promiseMs]);
  return <div ref={frame} className="spark" role="img" aria-label={describeSpark(samples)} />;
}

/** An empty plot that fills an element and follows its size and the colours of the page. */
function usePlot(frame: RefObject<HTMLDivElement | null>): uPlot | null {
  const [plot, setPlot] = useState<uPlot | null>(null);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let forget = () => {};
    let isGone = false;
    void loadChart().then((Plot) => {
      if (isGone || Plot === null) return;
      const size = () => ({ width: element.clientWidth, height: element.clientHeight });
      const drawn = new Plot(sparkOptions(element, size()), undefined, element);
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
  }, [frame]);
  return plot;
}
