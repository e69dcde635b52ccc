const SLOT = "selvedge.admin.api-key";

/** The API key given in this tab, if any. */
export function readApiKey(): string | null {
  try {
    return sessionStorage.getItem(SLOT);
  } catch {
    return null;
  }
}

/** Keeps an API key until this tab is closed, or forgets it. */
export function keepApiKey(key: string | null): void {
  try {
    if (key === null) sessionStorage.removeItem(SLOT);
    else sessionStorage.setItem(SLOT, key);
  } catch {
    // Storage may be switched off; the key then lives as long as the page.
  }
}
