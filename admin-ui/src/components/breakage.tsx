import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
}

/** Says so when the page itself breaks, as a blank page would pass for a quiet one. */
export class Breakage extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main className="notice" role="alert">
        <h1>This page broke</h1>
        <p>
          It says nothing about your read models. Reload it; the browser's console has the cause.
        </p>
      </main>
    );
  }
}
