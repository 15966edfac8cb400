import Alert from '@mui/material/Alert';
import Typography from '@mui/material/Typography';
import type { ReactNode, RefObject } from 'react';
import type { ApprovalView } from '../../shared/model/approval.ts';
import { middleEllipsis, textWarning } from '../../shared/model/text-warnings.ts';
import { useApp } from '../hooks/app-context.tsx';
import { mono } from '../theme/theme.ts';
import { programName } from './program-name.ts';

const longestPath = 64;

/** Who asks: what the system vouches for first, what it says of itself second, in quotes. */
export function Who({
  approval: { caller, content },
  heading,
}: {
  readonly approval: ApprovalView;
  readonly heading: RefObject<HTMLHeadingElement | null>;
}): ReactNode {
  const { t } = useApp();
  const { keyName } = caller;
  const program = programName(caller, t);
  const { application } = caller.claims;
  const suspicious = [caller.program, caller.executable ?? '', application ?? '']
    .map(textWarning)
    .find((found) => found !== null);
  return (
    <div>
      <Typography variant="h1" tabIndex={-1} ref={heading} sx={{ outline: 'none', overflowWrap: 'anywhere' }}>
        <bdi>{t(`approval.title.${content.kind}`, { program })}</bdi>
      </Typography>
      {caller.executable !== null && (
        <Typography
          variant="body2"
          color="textSecondary"
          title={caller.executable}
          sx={{ fontFamily: mono, fontSize: '0.8rem', overflowWrap: 'anywhere', mt: 0.5 }}
        >
          <bdi>{middleEllipsis(caller.executable, longestPath)}</bdi>
        </Typography>
      )}
      {keyName !== undefined && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere', mt: 0.5 }}>
          {caller.verified && caller.program !== ''
            ? t('approval.key-held-by', { program: caller.program })
            : t('approval.key-held')}
        </Typography>
      )}
      {application !== null && application !== caller.program && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere', mt: 0.5 }}>
          {t('approval.claims', { application })}
        </Typography>
      )}
      {!caller.verified && <Warning>{t('approval.unverified')}</Warning>}
      {suspicious !== undefined && <Warning>{t(`approval.name.${suspicious}`)}</Warning>}
      {caller.via === 'ssh' && <Warning>{t('approval.via-ssh')}</Warning>}
      {caller.confinement !== null && (
        <Alert severity="info" sx={{ mt: 1 }}>
          {t('approval.confined', { kind: caller.confinement })}
        </Alert>
      )}
    </div>
  );
}

function Warning({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Alert severity="warning" sx={{ mt: 1 }}>
      {children}
    </Alert>
  );
}
