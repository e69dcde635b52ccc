import { type MouseEvent, type PointerEvent, type ReactNode, useId, useRef } from "react";

interface Props {
  /** What is explained; it becomes the face of a button. */
  readonly children: ReactNode;
  /** The explanation. */
  readonly text: ReactNode;
  readonly className?: string;
}

/**
 * Something with its explanation: shown while a mouse is over it, kept open by a click, a tap or
 * a key, closed by Escape, and read to those who do not see it.
 */
export function Hint({ children, text, className = "term" }: Props) {
  const id = `hint${useId().replace(/[^\w-]/g, "_")}`;
  const popover = useRef<HTMLDivElement>(null);
  const isPeeking = useRef(false);

  const peek = (event: PointerEvent) => {
    if (event.pointerType !== "mouse" || popover.current?.matches(":popover-open")) return;
    isPeeking.current = true;
    popover.current?.showPopover();
  };
  const leave = () => {
    if (isPeeking.current) popover.current?.hidePopover();
    isPeeking.current = false;
  };
  const keepOpen = (event: MouseEvent) => {
    // The browser would toggle, and so close what the mouse alone had opened.
    if (isPeeking.current) event.preventDefault();
    isPeeking.current = false;
  };

  return (
    <>
      <button
        type="button"
        className={className}
        popoverTarget={id}
        aria-describedby={id}
        style={{ anchorName: `--${id}` }}
        onPointerEnter={peek}
        onPointerLeave={leave}
        onClick={keepOpen}
      >
        {children}
      </button>
      <div
        id={id}
        ref={popover}
        popover="auto"
        className="hint"
        style={{ positionAnchor: `--${id}` }}
      >
        {text}
      </div>
    </>
  );
}
