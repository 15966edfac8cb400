import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { type Bridge, createCall } from '../api/bridge.ts';
import { ApprovalApp } from './ApprovalApp.tsx';

/** The page itself takes over, from a first frame that was drawn elsewhere, or from nothing. */
export async function start(bridge: Bridge, root: HTMLElement): Promise<void> {
  const call = createCall(bridge);
  const first = await call('approval:get', null);
  // The nonce of this load: styles without it are refused. The attribute is hidden from scripts, the property is not.
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
  createRoot(root).render(
    <StrictMode>
      <CacheProvider value={createCache({ key: 'mt', nonce })}>
        <ApprovalApp bridge={bridge} call={call} first={first} />
      </CacheProvider>
    </StrictMode>,
  );
}
