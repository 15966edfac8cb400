import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { openBridge } from '../api/window.ts';
import { ApprovalApp } from './ApprovalApp.tsx';

// Compiled checks would need eval, which the content security policy forbids.
z.config({ jitless: true });

// The nonce of this load: styles without it are refused. The attribute is hidden from scripts, the property is not.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
const cache = createCache({ key: 'mt', nonce });

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CacheProvider value={cache}>
        <ApprovalApp bridge={openBridge()} />
      </CacheProvider>
    </StrictMode>,
  );
}
