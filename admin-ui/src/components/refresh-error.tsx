const SHORT = 140;

/** The error of the last refresh; a long one opens on demand and is then shown whole. */
export function RefreshError({ text }: { readonly text: string }) {
  const firstLine = text.split("\n", 1)[0] ?? "";
  if (text === firstLine && text.length <= SHORT) {
    return (
      <p className="refresh-error">
        Last refresh failed: <bdi>{text}</bdi>
      </p>
    );
  }
  return (
    <details className="refresh-error">
      <summary>
        Last refresh failed: <bdi>{firstLine.slice(0, SHORT)}…</bdi>
      </summary>
      <pre>{text}</pre>
    </details>
  );
}
