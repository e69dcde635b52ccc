import { Link } from "wouter";
import { Action } from "../components/action.tsx";
import { Diagnosis } from "../components/diagnosis.tsx";
import type { ReportView } from "../components/frame.tsx";
import { Generations } from "../components/generations.tsx";
import { HeldKeys } from "../components/held-keys.tsx";
import { LagHistory } from "../components/lag-history.tsx";
import { MakeUp } from "../components/make-up.tsx";
import { Missing } from "../components/missing.tsx";
import { Disconnected } from "../components/notices.tsx";
import { PendingKeys } from "../components/pending-keys.tsx";
import { RefreshHistory } from "../components/refresh-history.tsx";
import { StatusChip } from "../components/status-chip.tsx";
import { Term } from "../components/term.tsx";
import { Verifications } from "../components/verifications.tsx";
import type { DefinitionName } from "../definitions.ts";
import { formatCounted, formatDuration, isKnown } from "../format.ts";
import type { ReadModelLag } from "../lag-report.ts";
import { spanOf, whyPlace } from "../places.ts";
import { signsOf } from "../signs.ts";
import { statusOf, wordsNow } from "../status.ts";
import { useAccess } from "../use-access.ts";
import { useTitle } from "../use-title.ts";

interface Props {
  readonly view: ReportView;
  readonly name: string;
  readonly span: string | undefined;
}

/** One read model: how it does, why, what it did, and what can be done about it. */
export function ReadModelPage({ view, name, span }: Props) {
  useTitle(name);
  const { report, isLive, failure, receivedAt } = view;
  const readModel = report.readModels.find((one) => one.name === name);
  if (!readModel) {
    return (
      <section className="notice">
        <h2>
          There is no read model <bdi>{name}</bdi>
        </h2>
        <p>
          It may have another name by now. <Link href="/">All read models</Link>
        </p>
      </section>
    );
  }
  const { group, promiseMs } = readModel;
  const of = { name, signs: signsOf(readModel, isLive) };
  return (
    <>
      {failure && <Disconnected failure={failure} since={receivedAt} />}
      <Head readModel={readModel} isLive={isLive} />
      <Diagnosis {...of} />
      <LagHistory {...of} span={spanOf(span)} promiseMs={promiseMs} />
      <PendingKeys {...of} />
      <HeldKeys {...of} />
      <RefreshHistory {...of} group={group} />
      <Verifications name={name} />
      <Generations {...of} />
      <MakeUp name={name} />
    </>
  );
}

function Head(props: { readonly readModel: ReadModelLag; readonly isLive: boolean }) {
  const { readModel, isLive } = props;
  const { name, group, maintain, promiseMs, pending, pendingIsAtLeast, lagMs, paused } = readModel;
  const words = wordsNow(statusOf(readModel), isLive);
  return (
    <section className={`summary tone-${words.tone}`} aria-label="Read model">
      <p className="places back">
        <Link href="/">All read models</Link>
        {" · "}
        <Link href={whyPlace(name)}>Rows, and why they say what they say</Link>
      </p>
      <p className="sentence">
        <bdi>{name}</bdi>
        <StatusChip words={words} />
      </p>
      <dl className="facts">
        <Fact name="lag" ms={isLive ? lagMs : null} />
        <Fact name="promise" ms={promiseMs} />
        <div>
          <dt>
            <Term name="pending" />
          </dt>
          <dd>
            {isLive ? (
              formatCounted(pending, pendingIsAtLeast)
            ) : (
              <Missing why="The server does not answer." />
            )}
          </dd>
        </div>
        <div>
          <dt>
            <Term name="group" />
          </dt>
          <dd>
            <bdi>{group}</bdi>, {maintain === "byKey" ? "by key" : maintain}
          </dd>
        </div>
      </dl>
      <Actions name={name} group={group} isPaused={paused !== null} />
    </section>
  );
}

function Fact({ name, ms }: { readonly name: DefinitionName; readonly ms: number | null }) {
  return (
    <div>
      <dt>
        <Term name={name} />
      </dt>
      <dd>{isKnown(ms) ? formatDuration(ms) : <Missing why="Nobody can say just now." />}</dd>
    </div>
  );
}

interface ActionsProps {
  readonly name: string;
  readonly group: string;
  readonly isPaused: boolean;
}

function Actions({ name, group, isPaused }: ActionsProps) {
  const whole = `all read models of the group ${group}`;
  const { actor, may } = useAccess();
  if (actor !== null && !may("operations:write") && !may("operations:admin")) {
    return <p className="detail">You may look. Acting needs the scope operations:write.</p>;
  }
  return (
    <div className="actions">
      <Action
        label="Refresh now"
        consequence={`Takes in what waits in ${whole}, and tries again the keys set aside.`}
        act={({ operations }, reason) => operations.refresh({ group, reason })}
        done="A refresh is under way."
      />
      {isPaused ? (
        <Action
          label="Resume"
          consequence={`Lets ${whole} be refreshed again.`}
          act={({ operations }, reason) => operations.resume({ group, reason })}
          done="Resumed."
        />
      ) : (
        <Action
          label="Pause"
          consequence={`Stops the refresh of ${whole}. They go on being read and get older; no change is lost.`}
          act={({ operations }, reason) => operations.pause({ group, reason })}
          done="Paused."
          isGrave
        />
      )}
      <Action
        label="Verify"
        consequence="Compares every row with what its defining query says now. Nothing is blocked."
        act={({ operations }, reason) => operations.verify({ readModel: name, reason })}
        done="The comparison is under way; it appears below."
      />
      <Action
        label="Rebuild"
        consequence="Builds the read model anew beside this one and swaps it in when it is whole. It goes on being read meanwhile."
        act={({ operations }, reason) => operations.rebuild({ readModel: name, reason })}
        done="The build is under way."
        isGrave
        scope="operations:admin"
      />
    </div>
  );
}
