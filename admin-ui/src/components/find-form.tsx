import { type FormEvent, useId, useState } from "react";
import { useLocation } from "wouter";

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | undefined;
  readonly placeOf: (text: string) => string;
}

/** Takes what to look for, and goes there, so that what is found has an address. */
export function FindForm({ label, placeholder, value, placeOf }: Props) {
  const id = useId();
  const [, navigate] = useLocation();
  const [text, setText] = useState(value ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") navigate(placeOf(text.trim()));
  };
  return (
    <form className="notice key-form" onSubmit={submit}>
      <label htmlFor={id}>{label}</label>
      <div className="key-line">
        <input
          id={id}
          type="search"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder={placeholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit">Find</button>
      </div>
    </form>
  );
}
