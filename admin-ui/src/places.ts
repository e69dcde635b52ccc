import type { LagHistoryInput } from "@selvedge/sdk";

/** How far back a chart looks. */
export type Span = NonNullable<LagHistoryInput["span"]>;

/** The spans that can be chosen, the shortest first. */
export const SPANS: readonly Span[] = ["1h", "24h", "7d", "30d"];

/** A page of the menu. */
export interface MenuEntry {
  readonly href: string;
  readonly label: string;
  /** What it is of use with; whoever lacks it is not led there. */
  readonly scope?: string;
}

/** The pages of the menu, with their addresses behind the `#`. */
export const MENU: readonly MenuEntry[] = [
  { href: "/", label: "Overview" },
  { href: "/commands", label: "Commands", scope: "journal:read" },
  { href: "/trace", label: "Trace" },
  { href: "/passport", label: "Passport", scope: "journal:read" },
  { href: "/log", label: "Log" },
];

/** The address of one read model's page. */
export function readModelPlace(name: string, span?: Span): string {
  return `/read-models/${encodeURIComponent(name)}${span ? `/${span}` : ""}`;
}

/** The address of the way of one command, by its id or its receipt. */
export function tracePlace(command: string): string {
  return `/trace/${encodeURIComponent(command)}`;
}

/** The address of one piece's life. */
export function passportPlace(lpn: string): string {
  return `/passport/${encodeURIComponent(lpn)}`;
}

/** The span that an address names; the shortest where it names none. */
export function spanOf(text: string | undefined): Span {
  return SPANS.find((span) => span === text) ?? "1h";
}
