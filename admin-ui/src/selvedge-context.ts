import type { Selvedge } from "@selvedge/sdk";
import { createContext, useContext } from "react";

/** The client of whoever looks at the page. */
export const SelvedgeContext = createContext<Selvedge | null>(null);

/** The client of whoever looks at the page. */
export function useSelvedge(): Selvedge {
  const selvedge = useContext(SelvedgeContext);
  if (selvedge === null) throw new Error("The page has no client.");
  return selvedge;
}
