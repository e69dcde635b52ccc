import { type FormEvent, useId, useState } from "react";

/** Takes an API key from somebody whom the server refused. */
export function ApiKeyForm({ onApiKey }: { readonly onApiKey: (key: string) => void }) {
  const id = useId();
  const [key, setKey] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== "") onApiKey(key.trim());
  };
  return (
    <form className="notice key-form" onSubmit={submit}>
      <label htmlFor={id}>API key</label>
      <div className="key-line">
        <input
          id={id}
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="slv_…"
          aria-describedby={`${id}-note`}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <button type="submit">Use this key</button>
      </div>
      <p id={`${id}-note`} className="detail">
        It stays in this tab and is forgotten when the tab is closed.
      </p>
    </form>
  );
}
