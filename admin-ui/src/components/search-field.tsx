import { type ReactNode, useId } from "react";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What stands beside it: how many were found. */
  readonly children?: ReactNode;
}

/** Takes what is looked for in what is shown; it is looked for with each letter. */
export function SearchField({ label, value, onChange, children }: Props) {
  const id = useId();
  return (
    <p className="search">
      <label htmlFor={id} className="unseen">
        {label}
      </label>
      <input
        id={id}
        type="search"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        placeholder="Find…"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <span role="status" className="detail">
        {children}
      </span>
    </p>
  );
}
