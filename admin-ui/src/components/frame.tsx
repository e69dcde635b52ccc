import type { ReactNode } from "react";
import { useSelvedge } from "../selvedge-context.ts";
import { type LagView, useLagReport } from "../use-lag-report.ts";
import { Announcer } from "./announcer.tsx";
import { ApiKeyForm } from "./api-key-form.tsx";
import { Glossary } from "./glossary.tsx";
import { Masthead } from "./masthead.tsx";
import { Loading, Stopped } from "./notices.tsx";
import { Updated } from "./updated.tsx";

/** What a page may build on: the last report, however old. */
export type ReportView = Extract<LagView, { phase: "report" }>;

interface Props {
  readonly hasApiKey: boolean;
  readonly onApiKey: (key: string | null) => void;
  readonly children: (view: ReportView) => ReactNode;
}

/** What stands around every page: whose it is, where one can go, and how old its numbers are. */
export function Frame({ hasApiKey, onApiKey, children }: Props) {
  const view = useLagReport(useSelvedge());
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
        {view.phase === "report" && children(view)}
      </main>
      <footer>
        <Glossary />
      </footer>
    </div>
  );
}
