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
  { href: "/incidents", label: "Incidents" },
  { href: "/commands", label: "Commands", scope: "journal:read" },
  { href: "/trace", label: "Trace" },
  { href: "/passport", label: "Passport", scope: "journal:read" },
  { href: "/jobs", label: "Jobs" },
  { href: "/releases", label: "Releases" },
  { href: "/partners", label: "Partners" },
  { href: "/settings", label: "Settings" },
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

/** The address of one partner's page. */
export function partnerPlace(partner: string): string {
  return `/partners/${segment(partner)}`;
}

/** A key of a row, by its columns. */
export type RowKey = Readonly<Record<string, string | number | boolean | null>>;

/** The address of why a row says what it says; without a key, of where rows are found. */
export function whyPlace(name: string, key?: RowKey): string {
  const of = key === undefined ? "" : `/${segment(JSON.stringify(key))}`;
  return `/why/${encodeURIComponent(name)}${of}`;
}

/** The key that an address names, if it names one. */
export function keyOf(written: string | undefined): RowKey | undefined {
  try {
    const key: unknown = JSON.parse(textIn(written ?? ""));
    return typeof key === "object" && key !== null ? (key as RowKey) : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a segment that holds any text at all. */
export function textIn(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

/** Twice, as the router takes off the first and leaves there what it holds to be reserved. */
function segment(text: string): string {
  return encodeURIComponent(encodeURIComponent(text));
}

/** The span that an address names; the shortest where it names none. */
export function spanOf(text: string | undefined): Span {
  return SPANS.find((span) => span === text) ?? "1h";
}
