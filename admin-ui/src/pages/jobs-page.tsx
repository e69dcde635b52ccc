import type { JobsData } from "@selvedge/sdk";
import { Action } from "../components/action.tsx";
import { DataTable } from "../components/data-table.tsx";
import { ErrorText } from "../components/error-text.tsx";
import { Moment } from "../components/moment.tsx";
import { Section } from "../components/section.tsx";
import { StatusChip } from "../components/status-chip.tsx";
import { Work } from "../components/work.tsx";
import { formatCount, formatCounted, formatDuration, msBetween } from "../format.ts";
import type { StatusWords } from "../status.ts";
import { type News, useNews } from "../use-news.ts";
import { useTitle } from "../use-title.ts";

type Trouble = JobsData["troubles"][number];

const STATES: Readonly<Record<Trouble["state"], StatusWords>> = {
  retrying: {
    label: "Trying again",
    tone: "busy",
    meaning: "It failed and is tried again by itself. Nothing is lost.",
  },
  failed: {
    label: "Given up",
    tone: "bad",
    meaning: "It failed as often as it may. Nobody tries it again by itself.",
  },
  dead: {
    label: "Dead letter",
    tone: "bad",
    meaning: "It failed for good and was put aside, for somebody to decide.",
  },
};

/** The work in the background: what waits, what failed, and who is told no more. */
export function JobsPage() {
  useTitle("Jobs");
  const news = useNews(
    ["operations.jobs"],
    ({ operations }, options) => operations.jobs({}, options),
    { everyMs: 2_000 },
  );
  return (
    <>
      <Troubles news={news} />
      <Undelivered news={news} />
      <Queues news={news} />
    </>
  );
}

interface Props {
  readonly news: News<JobsData>;
}

function Troubles({ news }: Props) {
  return (
    <Section
      title="Jobs that failed"
      news={news}
      empty={{
        when: ({ troubles }) => troubles.length === 0,
        say: "None. What fails once is tried again by itself, and would stand here meanwhile.",
      }}
    >
      {({ troubles, at }) => (
        <DataTable
          label="Jobs that failed"
          rows={troubles}
          keyOf={({ queue, id }) => `${queue} ${id}`}
          columns={[
            { head: "Work", cell: ({ queue, key }) => <Work queue={queue} about={key} /> },
            {
              head: "State",
              meaning: "deadLetter",
              cell: (one) => <State trouble={one} at={at} />,
            },
            { head: "Error", cell: ({ error }) => <ErrorText text={error} /> },
            { head: "Tries", isNumber: true, cell: ({ tries }) => formatCount(tries) },
            {
              head: "Failed",
              cell: ({ failedAt, createdAt }) => <Moment at={failedAt ?? createdAt} />,
            },
            { head: "What to do", cell: (one) => <Remedies trouble={one} /> },
          ]}
        />
      )}
    </Section>
  );
}

function State({ trouble, at }: { readonly trouble: Trouble; readonly at: string }) {
  const { state, retryAt, from } = trouble;
  const waitMs = msBetween(at, retryAt);
  return (
    <>
      <StatusChip words={STATES[state]} />
      {state === "retrying" && (
        <span className="sub">{waitMs ? `in ${formatDuration(waitMs)}` : "now"}</span>
      )}
      {from !== null && (
        <span className="sub">
          of <bdi>{from}</bdi>
        </span>
      )}
    </>
  );
}

function Remedies({ trouble: { state, queue, id, from } }: { readonly trouble: Trouble }) {
  if (state === "retrying") return "nothing, it is tried again";
  return (
    <div className="actions in-row">
      <Action
        label="Retry"
        consequence={`Puts it back into the queue ${from ?? queue}; it is taken up within seconds.`}
        act={({ operations }, reason) => operations.retryJob({ queue, id, reason })}
        done="It is queued again."
      />
      <Action
        label="Discard"
        consequence="Deletes this job. What it was to do is not done, and it cannot be brought back."
        act={({ operations }, reason) => operations.discardJob({ queue, id, reason })}
        done="It is gone."
        isGrave
      />
    </div>
  );
}

function Undelivered({ news }: Props) {
  return (
    <Section
      title="Webhooks that are told no more"
      news={news}
      empty={{ when: ({ undelivered }) => undelivered.length === 0, say: "None." }}
    >
      {({ undelivered }) => (
        <DataTable
          label="Webhooks that are told no more"
          rows={undelivered}
          keyOf={({ id }) => id}
          columns={[
            { head: "Partner", meaning: "partner", cell: ({ partner }) => <bdi>{partner}</bdi> },
            { head: "Address", cell: ({ url }) => <bdi>{url}</bdi> },
            { head: "Since", cell: ({ since }) => <Moment at={since} /> },
            {
              head: "Why",
              cell: ({ reason, lastError }) => (
                <>
                  <bdi>{reason}</bdi>
                  {lastError !== null && (
                    <div>
                      <ErrorText text={lastError} />
                    </div>
                  )}
                </>
              ),
            },
            {
              head: "What to do",
              cell: ({ id }) => (
                <Action
                  label="Resume"
                  scope="webhooks:write"
                  consequence="Goes on behind the last event that was taken. Whoever stands at this address is told all since."
                  act={({ webhooks }, reason) => webhooks.resumeSubscription({ id, reason })}
                  done="It is told again."
                />
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}

function Queues({ news }: Props) {
  const dashboard = news.answer?.dashboardUrl;
  const isAddress = dashboard && /^(https?:\/\/|\/)/.test(dashboard);
  return (
    <Section
      title="Queues"
      news={news}
      side={isAddress ? <a href={dashboard}>Every job, in pg-boss's dashboard</a> : undefined}
      empty={{
        when: ({ queues }) => queues === null || queues.length === 0,
        say: "No process has worked in the background here yet. Start one: selvedge serve --roles refresh",
      }}
    >
      {({ queues, at }) => (
        <>
          <p className="detail">
            What keeps a group fresh has one job at work and one that waits to take over: that is as
            it should be.
          </p>
          <DataTable
            label="Queues"
            rows={[...(queues ?? [])].sort((a, b) => b.failed - a.failed)}
            keyOf={({ name }) => name}
            columns={[
              { head: "Work", cell: ({ name }) => <Work queue={name} /> },
              { head: "At work", isNumber: true, cell: ({ active }) => formatCount(active) },
              {
                head: "Waiting",
                isNumber: true,
                cell: ({ waiting, atLeast }) => formatCounted(waiting, atLeast),
              },
              {
                head: "Later",
                meaning: "later",
                isNumber: true,
                cell: ({ later }) => formatCount(later),
              },
              {
                head: "Given up",
                meaning: "deadLetter",
                isNumber: true,
                cell: ({ failed }) => formatCount(failed),
              },
              {
                head: "Oldest waits for",
                isNumber: true,
                cell: ({ oldestWaitingAt }) => {
                  const ms = msBetween(oldestWaitingAt, at);
                  return ms === null ? "none waits" : formatDuration(ms);
                },
              },
            ]}
          />
        </>
      )}
    </Section>
  );
}
