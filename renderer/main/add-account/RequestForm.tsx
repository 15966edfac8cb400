import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { CallArgs, InstanceView, ProviderView } from '../../../shared/ipc/contract.ts';
import type { MytokenWish } from '../../../shared/model/mytoken.ts';
import type { Caution } from '../../../shared/model/sub-mytoken.ts';
import { shortnamePattern } from '../../../shared/model/account.ts';
import { loginProfileIds } from '../../../shared/model/login-profiles.ts';
import { MytokenEditor, ProfilePicker, review, Summary, useDraft, useTemplates } from '../../editor/index.ts';
import { Section } from '../../components/Page.tsx';
import { errorTexts, useApp } from '../../hooks/app-context.tsx';
import { useNow } from '../../hooks/use-now.ts';
import { hostOf } from '../../hooks/words.ts';
import {
  loginRequest,
  newDraft,
  type ProfileChoice,
  type RequestDraft,
  startOfCustom,
  wishOf,
} from './request-draft.ts';

/** What the new mytoken may do and how it is called, then off to the browser. */
export function RequestForm({
  instance,
  provider,
  busy,
  onStart,
}: {
  readonly instance: InstanceView;
  readonly provider: ProviderView;
  readonly busy: boolean;
  readonly onStart: (request: CallArgs<'login:start'>) => void;
}): ReactNode {
  const { t } = useApp();
  const [draft, setDraft] = useState<RequestDraft>(() => newDraft(provider.name ?? hostOf(provider.issuer)));
  const templates = useTemplates(instance.issuer);
  const set = (change: Partial<RequestDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const noTokenName = draft.tokenName.trim() === '';
  const badShortname = draft.shortname !== '' && !shortnamePattern.test(draft.shortname);
  const history = useDraft(() => startOfCustom);
  const custom = { ...history.draft, name: draft.tokenName };
  const nowMs = useNow(false) + (instance.clockSkewMs ?? 0);
  const found = review(custom, null, Math.floor(nowMs / 1000));
  const mistaken = draft.profile === 'custom' && !found.sendable;

  return (
    <Section title={t('add.request.title')} hint={t('add.request.hint')}>
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!noTokenName && !badShortname && !mistaken) {
            onStart(loginRequest(draft, custom, instance.issuer, provider.issuer));
          }
        }}
        sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}
      >
        <TextField
          select
          label={t('add.request.profile')}
          value={draft.profile}
          onChange={(event) => set({ profile: event.target.value as ProfileChoice })}
        >
          {loginProfileIds.map((id) => (
            <MenuItem key={id} value={id}>
              {t(`profile.${id}.title`)}
            </MenuItem>
          ))}
          {templates.server.map((template) => (
            <MenuItem key={template.id} value={`server:${template.group}/${template.name}`}>
              {t('profile.server', { name: template.name })}
            </MenuItem>
          ))}
          <MenuItem value="custom">{t('profile.custom.title')}</MenuItem>
        </TextField>
        {draft.profile === 'custom' && (
          <>
            <ProfilePicker draft={history.draft} onChange={history.set} templates={templates} />
            <MytokenEditor
              history={history}
              review={found}
              parent={null}
              providerScopes={provider.scopes}
              restrictionKeys={instance.restrictionKeys}
              nowMs={nowMs}
            />
          </>
        )}
        <RequestSummary
          wish={wishOf(draft, custom)}
          cautions={draft.profile === 'custom' ? found.cautions : []}
        />
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
          <TextField
            label={t('add.request.display-name')}
            value={draft.displayName}
            onChange={(event) => set({ displayName: event.target.value })}
            slotProps={{ htmlInput: { maxLength: 80 } }}
          />
          <TextField
            label={t('add.request.shortname')}
            value={draft.shortname}
            onChange={(event) => set({ shortname: event.target.value })}
            error={badShortname}
            helperText={
              badShortname
                ? errorTexts(t, 'accounts/shortname-invalid').next
                : t('add.request.shortname-hint')
            }
            slotProps={{ htmlInput: { maxLength: 64, autoCapitalize: 'none', spellCheck: false } }}
          />
        </Box>
        <TextField
          label={t('add.request.token-name')}
          value={draft.tokenName}
          onChange={(event) => set({ tokenName: event.target.value })}
          error={noTokenName}
          helperText={noTokenName ? t('add.request.token-name-missing') : t('add.request.token-name-hint')}
          slotProps={{ htmlInput: { maxLength: 80 } }}
        />
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap' }}>
          <Button type="submit" variant="contained" size="large" disabled={busy || mistaken}>
            {t('add.start')}
          </Button>
          <Typography variant="body2" color="textSecondary">
            {t('add.start-hint')}
          </Typography>
        </Box>
      </Box>
    </Section>
  );
}

function RequestSummary({
  wish,
  cautions,
}: {
  readonly wish: MytokenWish;
  readonly cautions: readonly Caution[];
}): ReactNode {
  const { t } = useApp();
  if (wish.include !== undefined) return <Alert severity="info">{t('add.summary.server')}</Alert>;
  return (
    <Summary
      capabilities={wish.capabilities}
      restrictions={wish.restrictions}
      rotation={wish.rotation}
      cautions={cautions}
    />
  );
}
