import type { App, Session, WebContents } from 'electron';
import type { Logger } from '../ports/index.ts';
import { appScheme } from './app-scheme.ts';

/** Every session from the moment it is made, so before `app` is ready. None is made for this: each holds 7 MiB, and the default one has no use. */
export function hardenSessions(app: App): void {
  app.on('session-created', hardenSession);
}

/** Denies everything a page could ask the session for, and every request that is not for our own files. */
function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, answer) => {
    const { protocol } = new URL(details.url);
    answer({ cancel: protocol !== `${appScheme}:` && protocol !== 'devtools:' && protocol !== 'data:' });
  });
}

/** No window goes anywhere, opens anything or embeds anything. */
export function hardenContents(app: App, log: Logger): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuse = (kind: string) => (event: { preventDefault(): void }) => {
      event.preventDefault();
      log.warn('window.navigation-refused', { kind });
    };
    contents.on('will-navigate', refuse('navigate'));
    contents.on('will-frame-navigate', refuse('frame'));
    contents.on('will-redirect', refuse('redirect'));
    contents.on('will-attach-webview', refuse('webview'));
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !isOwnPage(details.url)) destroy(contents, log);
    });
  });
}

function isOwnPage(url: string): boolean {
  return url.startsWith(`${appScheme}://`) || url.startsWith('devtools://') || url === 'about:blank';
}

function destroy(contents: WebContents, log: Logger): void {
  log.error('window.foreign-origin');
  contents.close();
}
