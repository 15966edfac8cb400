import { Component, type ReactNode } from 'react';

/** A page that fails must say so: an empty window helps nobody. Texts cannot be looked up here, so both languages stand side by side. */
export class CrashBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert">
        <h1>Mytoken Desktop</h1>
        <p lang="en">
          This window has failed. Close it and open it again from the tray; your accounts are safe.
        </p>
        <p lang="de">
          Dieses Fenster ist gescheitert. Schließe es und öffne es neu; deine Konten sind sicher.
        </p>
      </div>
    );
  }
}
