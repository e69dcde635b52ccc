import type { ReactNode } from "react";

interface Props {
  readonly children?: ReactNode;
  readonly onForgetKey: (() => void) | null;
}

/** The top of the page: whose page it is, and how old its numbers are. */
export function Masthead({ children, onForgetKey }: Props) {
  return (
    <header className="masthead">
      <h1>
        <span className="wordmark">Selvedge</span> <span className="place">Lag</span>
      </h1>
      <div className="masthead-side">
        {children}
        {onForgetKey && (
          <button type="button" className="quiet" onClick={onForgetKey}>
            Forget API key
          </button>
        )}
      </div>
    </header>
  );
}
