import type { Selvedge } from "@selvedge/sdk";
import { formatClock } from "../format.ts";
import { type LagView, useLagReport } from "../use-lag-report.ts";
import { Announcer } from "./announcer.tsx";
import { ApiKeyForm } from "./api-key-form.tsx";
import { Glossary } from "./glossary.tsx";
import { Masthead } from "./masthead.tsx";
import { Disconnected, FirstRun, Loading, Stopped } from "./notices.tsx";
import { ReadModelTable } from "./read-model-table.tsx";
import { Summary } from "./summary.tsx";
import { Updated } from "./updated.tsx";

interface Props {
  readonly selvedge: Selvedge;
  readonly hasApiKey: boolean;
  readonly onApiKey: (key: string | null) => void;
}

/** The page on which operations watch the lag of every read model. */
export function LagPage({ selvedge, hasApiKey, onApiKey }: Props) {
  const view = useLagReport(selvedge);
  return (
    <div className="page">
      <Masthead onForgetKey={hasApiKey ? () => onApiKey(null) : null}>
        {view.phase === "report" && <Updated receivedAt={view.receivedAt} isLive={view.isLive} />}
      </Masthead>
      <Announcer sentence={view.phase === "report" && view.isLive ? view.report.sentence : ""} />
      <main>
        {view.phase === "loading" && <Loading />}
        {view.phase === "stopped" && <Stopped failure={view.failure} />}
        {view.phase === "stopped" && view.failure.kind === "refused" && (
          <ApiKeyForm onApiKey={onApiKey} />
        )}
        {view.phase === "report" && <Report view={view} />}
      </main>
      <footer>
        <Glossary />
      </footer>
    </div>
  );
}

function Report({ view }: { readonly view: Extract<LagView, { phase: "report" }> }) {
  const { report, isLive, failure, receivedAt } = view;
  const sentence = isLive ? report.sentence : `Lag unknown since ${formatClock(receivedAt)}`;
  const isEmpty = report.readModels.length === 0;
  return (
    <>
      {failure && <Disconnected failure={failure} since={receivedAt} />}
      {!(isEmpty && isLive) && <Summary report={report} sentence={sentence} isLive={isLive} />}
      {isEmpty ? <FirstRun /> : <ReadModelTable report={report} isLive={isLive} />}
    </>
  );
}
