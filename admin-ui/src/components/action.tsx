import type { Selvedge } from "@selvedge/sdk";
import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { explainFailure } from "../failure.ts";
import { useSelvedge } from "../selvedge-context.ts";
import { useAccess } from "../use-access.ts";
import { useAskAgain } from "../use-news.ts";

interface Props<Answer> {
  /** What the button says. */
  readonly label: string;
  /** What will happen, for the person who is about to do it. */
  readonly consequence: string;
  readonly act: (selvedge: Selvedge, reason: string, form: FormData) => Promise<Answer>;
  /** What to say when it is done. */
  readonly done: string | ((answer: Answer) => ReactNode);
  readonly isGrave?: boolean;
  /** What doing it needs; whoever lacks it is not offered it. */
  readonly scope?: string;
  /** What is asked for beside the reason; `act` finds it in the form by name. */
  readonly children?: ReactNode;
}

/** Something to do: a button, a question with a place for the reason, and what came of it. */
export function Action<Answer>(props: Props<Answer>) {
  const { label, consequence, act, done, isGrave, children } = props;
  const { scope = "operations:write" } = props;
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const selvedge = useSelvedge();
  const askAgain = useAskAgain();
  const { may } = useAccess();
  const [reason, setReason] = useState("");
  const [state, setState] = useState<"asking" | "doing">("asking");
  const [outcome, setOutcome] = useState<{ readonly failed: boolean; readonly text: ReactNode }>();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (reason.trim() === "" || state === "doing") return;
    setState("doing");
    try {
      const answer = await act(selvedge, reason.trim(), new FormData(form));
      setOutcome({ failed: false, text: typeof done === "string" ? done : done(answer) });
      setReason("");
      form.reset();
      dialog.current?.close();
    } catch (error) {
      setOutcome({ failed: true, text: whatFailed(error, scope) });
    }
    setState("asking");
    await askAgain();
  };

  if (!may(scope)) return null;
  return (
    <span className="action">
      <button
        type="button"
        className={isGrave ? "act grave" : "act"}
        onClick={() => {
          setOutcome(undefined);
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      {outcome && !outcome.failed && (
        <span className="action-done" role="status">
          {outcome.text}
        </span>
      )}
      <dialog ref={dialog} aria-labelledby={`${id}-title`}>
        <form onSubmit={submit}>
          <h2 id={`${id}-title`}>{label}</h2>
          <p>{consequence}</p>
          {children}
          <label htmlFor={id}>Reason, for the log</label>
          <textarea
            id={id}
            required
            maxLength={500}
            rows={2}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          {outcome?.failed && (
            <p className="part-failure" role="alert">
              {outcome.text}
            </p>
          )}
          <div className="dialog-side">
            <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" className={isGrave ? "act grave" : "act"}>
              {state === "doing" ? "Doing it…" : label}
            </button>
          </div>
        </form>
      </dialog>
    </span>
  );
}

function whatFailed(error: unknown, scope: string): string {
  const { title, detail, kind } = explainFailure(error);
  // The server's own word, where it says one.
  const [, said = scope] = /needs the scope (\S+?)\.(\s|$)/.exec(detail ?? "") ?? [];
  if (kind === "refused") return `You may not do this: it needs the scope ${said}.`;
  return detail ?? title;
}
