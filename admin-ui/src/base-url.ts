/**
 * Finds where Selvedge is mounted from the address of this page, which is `<base>/admin/`.
 * The answer has no slash at its end.
 */
export function baseUrlOf(pageUrl: string): string {
  const base = new URL("..", pageUrl);
  return `${base.origin}${base.pathname}`.replace(/\/+$/, "");
}
