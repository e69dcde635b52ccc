const letter = /^\p{L}$/u;
const digit = /^[0-9]$/;

/**
 * Whether a code is written in this shape: `#` stands for a digit, `@` for a letter, and everything
 * else for itself. `#####@` is five digits and a letter.
 */
export function fitsShape(code: string, shape: string): boolean {
  if (code.length !== shape.length) return false;
  for (let at = 0; at < shape.length; at += 1) {
    const wanted = shape[at];
    const part = code[at] ?? "";
    const fits =
      wanted === "#" ? digit.test(part) : wanted === "@" ? letter.test(part) : part === wanted;
    if (!fits) return false;
  }
  return true;
}
