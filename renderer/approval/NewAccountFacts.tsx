import type { ReactNode } from 'react';
import type { AddAccountContent, ImportAccountContent } from '../../shared/model/approval.ts';
import { Facts } from '../components/Facts.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { listOf } from '../hooks/time-texts.ts';
import { capabilityWords } from '../hooks/words.ts';

/** What is known of an account that is not there yet: all of it is what program and mytoken say. */
export function NewAccountFacts({
  content,
}: {
  readonly content: ImportAccountContent | AddAccountContent;
}): ReactNode {
  const { t, formatLocale } = useApp();
  const provider = [
    t('approval.new.provider'),
    content.oidcIssuer === '' ? '—' : content.oidcIssuer,
  ] as const;
  if (content.kind === 'add-account') return <Facts items={[provider]} />;
  const { capabilities, instanceUrl } = content;
  return (
    <Facts
      items={[
        [t('approval.new.server'), instanceUrl],
        provider,
        [
          t('approval.new.can'),
          capabilities === null
            ? t('approval.new.untold')
            : listOf(
                capabilities.map((capability) => capabilityWords(t, capability)),
                formatLocale,
              ),
        ],
      ]}
    />
  );
}
