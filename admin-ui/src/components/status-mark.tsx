import type { ReactNode } from "react";
import type { Tone } from "../status.ts";

const SHAPES: Readonly<Record<Tone, ReactNode>> = {
  good: <circle cx="6" cy="6" r="4.5" />,
  busy: <path d="M6 1.5a4.5 4.5 0 1 0 4.5 4.5H8.3A2.3 2.3 0 1 1 6 3.7z" />,
  warn: <path d="M6 1 11.4 10.5H.6z" />,
  bad: <path d="M3.2 1 6 3.8 8.8 1 11 3.2 8.2 6 11 8.8 8.8 11 6 8.2 3.2 11 1 8.8 3.8 6 1 3.2z" />,
  unknown: (
    <path d="M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8m0 1.6a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2" />
  ),
};

/** A mark with a shape of its own for each tone, so that colour is never the only sign. */
export function StatusMark({ tone }: { readonly tone: Tone }) {
  return (
    <svg className="mark" data-tone={tone} viewBox="0 0 12 12" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  );
}
