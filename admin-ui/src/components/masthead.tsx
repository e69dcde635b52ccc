import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { MENU } from "../places.ts";
import { useAccess } from "../use-access.ts";

interface Props {
  readonly children?: ReactNode;
  readonly onForgetKey: (() => void) | null;
}

/** The top of the page: whose page it is, where one can go, and how old its numbers are. */
export function Masthead({ children, onForgetKey }: Props) {
  const [location] = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen the menu is longer than its line.
    const links = [...(nav.current?.querySelectorAll("a") ?? [])];
    const here = links.find((link) => isAt(link.hash.slice(1), location));
    if (here) nav.current?.scrollTo({ left: here.offsetLeft - here.offsetWidth });
  }, [location]);
  const { actor, may } = useAccess();
  return (
    <header className="masthead">
      <h1>
        <span className="wordmark">Selvedge</span>
      </h1>
      <nav ref={nav} className="places" aria-label="Pages">
        {MENU.filter(({ scope }) => !scope || may(scope)).map(({ href, label }) => (
          <Link key={href} href={href} aria-current={isAt(href, location) ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <div className="masthead-side">
        {children}
        {actor !== null && (
          <span className="who" title="Who the server takes you for">
            <bdi>{actor}</bdi>
          </span>
        )}
        {onForgetKey && (
          <button type="button" className="quiet" onClick={onForgetKey}>
            Forget API key
          </button>
        )}
      </div>
    </header>
  );
}

/** A page is where its address begins; the overview is also all that has no page of its own. */
function isAt(href: string, location: string): boolean {
  if (href !== "/") return location === href || location.startsWith(`${href}/`);
  return !MENU.some((other) => other.href !== "/" && isAt(other.href, location));
}
