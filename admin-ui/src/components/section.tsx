import type { ReactNode } from "react";
import type { News } from "../use-news.ts";

interface Props<Answer> {
  readonly title: string;
  readonly news: News<Answer>;
  /** Said where there is nothing to show; what is empty decides. */
  readonly empty?: { readonly when: (answer: Answer) => boolean; readonly say: string };
  readonly side?: ReactNode;
  readonly children: (answer: Answer) => ReactNode;
}

/** A part of a page with a question of its own: waiting, answered, empty, or failed in words. */
export function Section<Answer>({ title, news, empty, side, children }: Props<Answer>) {
  const { answer, failure } = news;
  return (
    <section className="part" aria-label={title}>
      <div className="part-head">
        <h2>{title}</h2>
        {side}
      </div>
      {failure && (
        <p className="part-failure" role="alert">
          {failure.kind === "told" && failure.detail ? "" : `${failure.title}. `}
          {failure.detail && <bdi>{failure.detail}</bdi>}
        </p>
      )}
      {answer === undefined ? (
        !failure && <p className="detail">Asking the server…</p>
      ) : empty?.when(answer) ? (
        <p className="detail">{empty.say}</p>
      ) : (
        children(answer)
      )}
    </section>
  );
}
