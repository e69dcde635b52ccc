/** Whether scopes cover the needed one; `orders:*` and `*` are wild. */
export function covers(scopes: readonly string[], needed: string): boolean {
  const [area] = needed.split(":");
  return scopes.some((held) => held === "*" || held === needed || held === `${area}:*`);
}
