import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import { type AccountView, shortnamePattern } from '../../../shared/model/account.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { ListField } from '../../components/ListField.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { Section } from '../../components/Page.tsx';
import { errorTexts, useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';

/** Names and defaults of an account. */
export function EditAccount({ account }: { readonly account: AccountView }): ReactNode {
  const { t, call } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const [displayName, setDisplayName] = useState(account.displayName);
  const [shortname, setShortname] = useState(account.shortname);
  const [scopes, setScopes] = useState<readonly string[]>(account.defaultScopes);
  const [audience, setAudience] = useState<readonly string[]>(account.defaultAudience);
  const badName = displayName.trim() === '';
  const taken = task.error?.code === 'accounts/shortname-taken';
  const badShortname = !shortnamePattern.test(shortname) || taken;

  const save = (): void => {
    void task
      .run(() =>
        call('accounts:edit', {
          accountId: account.id,
          displayName: displayName.trim(),
          shortname,
          defaultScopes: [...scopes],
          defaultAudience: [...audience],
        }),
      )
      .then((saved) => {
        if (saved) announce(t('account.edit.saved'));
      });
  };

  return (
    <Section title={t('account.edit.title')}>
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!badName && (!badShortname || taken)) save();
        }}
        sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}
      >
        <TextField
          label={t('account.edit.name')}
          value={displayName}
          onChange={(event) => setDisplayName(event.target.value)}
          error={badName}
          helperText={badName ? t('account.edit.name-missing') : ' '}
          slotProps={{ htmlInput: { maxLength: 80 } }}
        />
        <TextField
          label={t('account.edit.shortname')}
          value={shortname}
          onChange={(event) => {
            setShortname(event.target.value);
            task.clear();
          }}
          error={badShortname}
          helperText={
            badShortname
              ? errorTexts(t, taken ? 'accounts/shortname-taken' : 'accounts/shortname-invalid').text
              : t('account.edit.shortname-hint')
          }
          slotProps={{ htmlInput: { maxLength: 64, autoCapitalize: 'none', spellCheck: false } }}
        />
        <ListField
          label={t('account.edit.scopes')}
          helper={t('account.edit.scopes-hint')}
          options={account.providerScopes}
          value={scopes}
          onChange={setScopes}
        />
        <ListField label={t('account.edit.audience')} options={[]} value={audience} onChange={setAudience} />
        {!taken && <ErrorNotice error={task.error} />}
        <Box>
          <Button type="submit" variant="outlined" disabled={task.busy}>
            {t('common.save')}
          </Button>
        </Box>
      </Box>
    </Section>
  );
}
