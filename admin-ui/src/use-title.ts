import { useEffect } from "react";

/** Names the tab after what the page shows. */
export function useTitle(place: string): void {
  useEffect(() => {
    document.title = `${place} · Selvedge`;
  }, [place]);
}
