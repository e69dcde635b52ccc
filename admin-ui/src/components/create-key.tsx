import { useId } from "react";
import { Action } from "./action.tsx";

/** Lets a partner in: makes a key, and shows it this once. */
export function CreateKey({ partner }: { readonly partner?: string }) {
  const id = useId();
  return (
    <Action
      label="Create key"
      scope="keys:write"
      consequence="Whoever has the key may do what you allow here. It is shown once, and only its hash is kept."
      act={({ operations }, reason, form) =>
        operations.createKey({
          partner: textOf(form, "partner"),
          scopes: textOf(form, "scopes")
            .split(/[\s,]+/)
            .filter((scope) => scope !== ""),
          reason,
        })
      }
      done={({ key }) => (
        <>
          Shown this once, copy it now: <code className="secret">{key}</code>
        </>
      )}
    >
      <label htmlFor={`${id}-partner`}>Partner</label>
      <input
        id={`${id}-partner`}
        name="partner"
        required
        maxLength={100}
        autoComplete="off"
        defaultValue={partner}
      />
      <label htmlFor={`${id}-scopes`}>May</label>
      <input
        id={`${id}-scopes`}
        name="scopes"
        required
        autoComplete="off"
        spellCheck={false}
        placeholder="orders:write, stock:read"
        aria-describedby={`${id}-hint`}
      />
      <p className="detail" id={`${id}-hint`}>
        Scopes with blanks or commas between: orders:write, orders:* for all of an area, or * for
        all. You can give only what you have.
      </p>
    </Action>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
