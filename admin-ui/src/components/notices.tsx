import type { Failure } from "../failure.ts";
import { formatClock } from "../format.ts";

/** Shown until the first answer. */
export function Loading() {
  return (
    <section className="loading" aria-busy="true" aria-label="Loading">
      <p>Asking the server how fresh its read models are…</p>
      <div className="bones" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
    </section>
  );
}

/** Shown over the last known numbers when no new ones come. */
export function Disconnected(props: { readonly failure: Failure; readonly since: number }) {
  const { title, advice, detail } = props.failure;
  return (
    <section className="banner" role="alert">
      <h2>{title}</h2>
      <p>{advice} This page goes on asking each second.</p>
      <p>
        What stands below was so at <b>{formatClock(props.since)}</b> and may not be so any longer.
      </p>
      {detail && (
        <p className="detail">
          The server said: <bdi>{detail}</bdi>
        </p>
      )}
    </section>
  );
}

/** Shown when there is nothing but a failure to show. */
export function Stopped({ failure }: { readonly failure: Failure }) {
  return (
    <section className="notice" role="alert">
      <h2>{failure.title}</h2>
      <p>{failure.advice}</p>
      {failure.kind !== "refused" && <p>This page goes on asking each second.</p>}
      {failure.detail && (
        <p className="detail">
          The server said: <bdi>{failure.detail}</bdi>
        </p>
      )}
    </section>
  );
}

/** Shown when the server has no read model yet. */
export function FirstRun() {
  return (
    <section className="notice">
      <h2>No read models yet</h2>
      <p>
        A read model is a table that is kept ready for one screen. Once the server has its first,
        you see here how far it is behind what was written, each second.
      </p>
      <ol>
        <li>
          Create the tables: <code>selvedge migrate</code>
        </li>
        <li>
          Start a process that refreshes: <code>selvedge start</code>
        </li>
        <li>Leave this page open; the read models appear by themselves.</li>
      </ol>
    </section>
  );
}
