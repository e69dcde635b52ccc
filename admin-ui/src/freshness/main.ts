import { type FreshnessWords, freshnessWords } from "./freshness-words.ts";
import { listen } from "./lag-of-server.ts";

// A style sheet of its own kind, because a strict policy lets no style stand in the markup.
const STYLE = `
:host { display: inline-flex; align-items: center; gap: 0.4em; white-space: nowrap;
  font: var(--slv-freshness-font, inherit); color: var(--tone); }
:host([hidden]) { display: none; }
:host([state="fresh"]) { --tone: var(--slv-freshness-fresh, light-dark(#1d6f4f, #74d0a4)); }
:host([state="behind"]) { --tone: var(--slv-freshness-behind, light-dark(#8a5300, #f0bd62)); }
:host([state="unknown"]) { --tone: var(--slv-freshness-unknown, light-dark(#5d5570, #b9b1cd)); }
svg { flex: none; width: 0.7em; height: 0.7em; fill: currentColor; }
`;

/** A shape for each state, so that colour is never the only sign. */
const SHAPES = {
  fresh: "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9",
  behind: "M6 1 11.4 10.5H.6z",
  unknown:
    "M6 .8a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 6 .8m0 1.6a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2",
} as const;

const SVG = "http://www.w3.org/2000/svg";

/**
 * `<selvedge-freshness read-model="orderBoard" base-url="/selvedge">`: how fresh one read model is,
 * in a word, inside any page. Its state is also an attribute, `state`, and an event,
 * `freshnesschange`.
 */
class SelvedgeFreshness extends HTMLElement {
  static readonly observedAttributes = ["read-model", "base-url"];
  readonly #path = document.createElementNS(SVG, "path");
  readonly #word = document.createElement("span");
  readonly #lag = document.createElement("span");
  #forget: (() => void) | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 12 12");
    svg.setAttribute("aria-hidden", "true");
    svg.append(this.#path);
    // The state alone is read aloud: its lag changes each second.
    this.#lag.setAttribute("aria-hidden", "true");
    root.append(svg, this.#word, this.#lag);
  }

  connectedCallback(): void {
    if (!this.hasAttribute("role")) this.setAttribute("role", "status");
    this.#listen();
  }

  disconnectedCallback(): void {
    this.#forget?.();
    this.#forget = undefined;
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#listen();
  }

  #listen(): void {
    this.#forget?.();
    const name = this.getAttribute("read-model") ?? "";
    const base = new URL(this.getAttribute("base-url") ?? "", document.baseURI);
    const baseUrl = `${base.origin}${base.pathname}`.replace(/\/+$/, "");
    this.#forget = listen(baseUrl, (report) => this.#show(freshnessWords(report, name)));
  }

  #show({ state, label, lag, detail }: FreshnessWords): void {
    // What is the same is not written again, or screen readers would say it each second.
    if (this.#word.textContent !== label) this.#word.textContent = label;
    this.#lag.textContent = lag;
    if (this.title !== detail) this.title = detail;
    if (this.getAttribute("state") === state) return;
    this.#path.setAttribute("d", SHAPES[state]);
    this.setAttribute("state", state);
    this.dispatchEvent(new CustomEvent("freshnesschange", { bubbles: true, detail: { state } }));
  }
}

if (!customElements.get("selvedge-freshness")) {
  customElements.define("selvedge-freshness", SelvedgeFreshness);
}
