import type { ReactNode } from 'react';
import { InPlaceSection } from './InPlaceSection.tsx';
import { LinesSection } from './LinesSection.tsx';
import { SelfTestSection } from './SelfTestSection.tsx';

/** Programs on a command line: ready lines, the app in place of oidc-agent, and whether all that works. */
export function TerminalTab(): ReactNode {
  return (
    <>
      <LinesSection />
      <InPlaceSection />
      <SelfTestSection />
    </>
  );
}
