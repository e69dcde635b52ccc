const SHORT = 120;

/** An error; a long one opens on demand and is then shown whole. */
export function ErrorText({ text }: { readonly text: string }) {
  const firstLine = text.split("\n", 1)[0] ?? "";
  if (text === firstLine && text.length <= SHORT) return <bdi className="told">{text}</bdi>;
  return (
    <details className="error-text">
      <summary>
        <bdi>{firstLine.slice(0, SHORT)}…</bdi>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must the keyboard */}
      <pre className="told" tabIndex={0}>
        {text}
      </pre>
    </details>
  );
}
