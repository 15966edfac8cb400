import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { renderToString } from 'react-dom/server';
import type { CallResult } from '../../shared/ipc/contract.ts';
import type { DrawnPage } from '../../shared/ipc/drawn-page.ts';
import type { ApprovalView } from '../../shared/model/approval.ts';
import type { PlatformView } from '../../shared/model/state.ts';
import { NotAnswering } from './NotAnswering.tsx';
import { QuestionView } from './QuestionView.tsx';

/** For the main process, which has a question drawn while the process of the window still starts. */
export function drawQuestion({ platform, approval }: CallResult<'approval:get'>): DrawnPage | null {
  if (approval === null) return null;
  const cache = createCache({ key: 'mt' });
  cache.compat = true; // collects the styles instead of writing them between the elements
  const markup = renderToString(
    <CacheProvider value={cache}>
      <QuestionView
        platform={platform}
        approval={approval}
        shownId={null}
        over={false}
        missed={null}
        call={unanswered}
        overAnswers={<NotAnswering />}
      />
    </CacheProvider>,
  );
  const rules = Object.values(cache.inserted).filter((rule) => typeof rule === 'string');
  const scheme = platform.darkMode ? 'dark' : 'light';
  // The content security policy refuses them; all they say is that nothing has a shadow. In texts React writes quotes otherwise.
  const html = markup.replaceAll(/ style="[^"]*"/g, '');
  // What would be ticked or pressed in a drawing would be lost with it, without a word.
  const css = `:root{color-scheme:${scheme}}#root>fieldset{display:contents}${rules.join('')}`;
  return { id: approval.id, html: `<fieldset disabled>${html}</fieldset>`, css };
}

/** After so many, the first real drawing takes some 18 ms in the place of 28. */
const rehearsals = 4;

/** Draws something that nobody asked and nobody sees: the first drawing takes several times as long as the others. */
export function rehearse(platform: PlatformView): void {
  for (let done = 0; done < rehearsals; done += 1) drawQuestion({ platform, approval: rehearsed });
}

/** Like most that are asked: what is not drawn in it takes its time with the first real one. */
const rehearsed: ApprovalView = {
  ...{ id: '', contentHash: '', deadlineAtMs: 0, unlockFirst: null },
  ...{ others: [], waiting: 0, asked: 1, grantable: true, offerBlock: false },
  account: {
    ...{ id: '', displayName: 'Example', shortname: 'example' },
    ...{ instanceUrl: 'https://mytoken.example.org', oidcIssuer: 'https://op.example.org' },
  },
  content: { kind: 'access-token', scope: ['openid'], audience: ['https://example.org'] },
  caller: {
    ...{ door: 'agent-socket', verified: true, pid: 2, uid: 1, program: 'example' },
    ...{ executable: '/usr/bin/example', commandLine: ['example'], workingDirectory: '/', via: null },
    chain: [{ pid: 1, name: 'sh', executable: '/bin/sh' }],
    ...{ confinement: null, claims: { application: 'example' }, identity: 'example' },
  },
};

/** A drawing is not pressed. */
const unanswered = (): Promise<never> => Promise.reject(new Error('This is only a drawing.'));
