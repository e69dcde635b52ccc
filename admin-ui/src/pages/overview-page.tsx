import type { ReportView } from "../components/frame.tsx";
import { Disconnected, FirstRun } from "../components/notices.tsx";
import { ReadModelList } from "../components/read-model-list.tsx";
import { Summary } from "../components/summary.tsx";
import { formatClock } from "../format.ts";
import { useTitle } from "../use-title.ts";

/** The page on which operations watch the lag of every read model. */
export function OverviewPage({ view }: { readonly view: ReportView }) {
  useTitle("Lag");
  const { report, isLive, failure, receivedAt } = view;
  const sentence = isLive ? report.sentence : `Lag unknown since ${formatClock(receivedAt)}`;
  const isEmpty = report.readModels.length === 0;
  return (
    <>
      {failure && <Disconnected failure={failure} since={receivedAt} />}
      {!(isEmpty && isLive) && <Summary report={report} sentence={sentence} isLive={isLive} />}
      {isEmpty ? <FirstRun /> : <ReadModelList report={report} isLive={isLive} />}
    </>
  );
}
