import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openBridge } from '../api/window.ts';
import { createStore } from '../api/index.ts';
import { App } from './App.tsx';

// The nonce of this load: styles without it are refused. The attribute is hidden from scripts, the property is not.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
const cache = createCache({ key: 'mt', nonce });
const store = createStore(openBridge());
store.start();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CacheProvider value={cache}>
        <App store={store} />
      </CacheProvider>
    </StrictMode>,
  );
}
