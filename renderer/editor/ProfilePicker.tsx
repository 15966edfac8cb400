import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import FileUploadOutlined from '@mui/icons-material/FileUploadOutlined';
import FolderOpenOutlined from '@mui/icons-material/FolderOpenOutlined';
import SaveOutlined from '@mui/icons-material/SaveOutlined';
import Alert from '@mui/material/Alert';
import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import { expandProfile, TemplateProblem } from '../../shared/model/templates.ts';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useAnnounce } from '../components/Live.tsx';
import { Section } from '../components/Page.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { listOf } from '../hooks/time-texts.ts';
import { useTask } from '../hooks/use-task.ts';
import { asProfile, type MytokenDraft, withProfile } from './draft.ts';
import type { Templates } from './use-templates.ts';

interface Choice {
  readonly key: string;
  readonly group: 'ready' | 'mine' | 'server';
  readonly label: string;
  readonly payload: unknown;
  /** Of a profile of ours, so that it can be deleted. */
  readonly profileId: string | null;
}

const readyMade = {
  hour: { capabilities: ['AT'], restrictions: [{ exp: '+1h' }] },
  day: { capabilities: ['AT'], restrictions: [{ exp: '+1d' }] },
  once: { capabilities: ['AT'], restrictions: [{ exp: '+1d', usages_AT: 1 }] },
  here: { capabilities: ['AT'], restrictions: [{ exp: '+7d', hosts: ['this'] }] },
  look: { capabilities: ['tokeninfo'], restrictions: [{ exp: '+7d', usages_AT: 0 }] },
} as const;

type Outcome =
  | { readonly kind: 'used'; readonly name: string; readonly included: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: TemplateProblem };

/** Fills the form from a profile: ready-made ones, own ones, and those of the server, with their includes resolved and named. */
export function ProfilePicker({
  draft,
  onChange,
  templates,
}: {
  readonly draft: MytokenDraft;
  readonly onChange: (draft: MytokenDraft) => void;
  readonly templates: Templates;
}): ReactNode {
  const { t, call, formatLocale } = useApp();
  const announce = useAnnounce();
  const [chosen, setChosen] = useState<Choice | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [naming, setNaming] = useState(false);
  const [found, setFound] = useState<string | null>(null);
  const task = useTask();
  const choices = choicesFrom(templates, (key) => t(`compose.ready.${key}`));

  const use = (choice: Choice): void => {
    setChosen(choice);
    try {
      const { value, included } = expandProfile(choice.payload, templates.lookup);
      onChange(withProfile(draft, value));
      const names = included.map(({ reference }) => reference);
      setOutcome({ kind: 'used', name: choice.label, included: [...new Set(names)] });
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      setOutcome({ kind: 'problem', problem: error });
    }
  };
  const importFile = (): void => {
    void task.run(async () => {
      const result = await call('profiles:import', null);
      if (result === null) return;
      announce(t('compose.profile.imported', { list: listOf(result.imported, formatLocale) }));
      templates.reload();
    });
  };
  const importFound = (): void => {
    void task.run(async () => {
      const { imported, folders } = await call('profiles:import-found', null);
      const where = listOf(folders, formatLocale);
      setFound(
        imported.length === 0
          ? t('profiles.import-found.none', { folders: where })
          : t('profiles.import-found.done', { count: imported.length, folders: where }),
      );
      templates.reload();
    });
  };
  const remove = (choice: Choice): void => {
    void task.run(async () => {
      await call('profiles:remove', { profileId: choice.profileId ?? '' });
      setChosen(null);
      setOutcome(null);
      templates.reload();
    });
  };

  return (
    <Section title={t('compose.profile.title')} hint={t('compose.profile.hint')}>
      <Autocomplete
        size="small"
        options={choices}
        groupBy={(choice) => t(`compose.profile.group.${choice.group}`)}
        getOptionLabel={(choice) => choice.label}
        getOptionKey={(choice) => choice.key}
        isOptionEqualToValue={(a, b) => a.key === b.key}
        value={chosen}
        onChange={(_event, choice) => {
          if (choice === null) {
            setChosen(null);
            setOutcome(null);
          } else use(choice);
        }}
        renderInput={(params) => <TextField {...params} label={t('compose.profile.label')} />}
      />
      {outcome?.kind === 'used' && (
        <Alert severity="info">
          {t('compose.profile.used', { name: outcome.name })}{' '}
          {outcome.included.length > 0 &&
            t('compose.profile.included', { list: listOf(outcome.included, formatLocale) })}
        </Alert>
      )}
      {outcome?.kind === 'problem' && (
        <Alert severity="error">
          {t(`compose.profile.problem.${outcome.problem.reason}`, { name: outcome.problem.reference })}
        </Alert>
      )}
      {found !== null && (
        <Alert severity="info" role="status" onClose={() => setFound(null)}>
          {found}
        </Alert>
      )}
      <ErrorNotice error={task.error} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button size="small" startIcon={<SaveOutlined />} onClick={() => setNaming(true)}>
          {t('compose.profile.save')}
        </Button>
        <Button size="small" startIcon={<FileUploadOutlined />} disabled={task.busy} onClick={importFile}>
          {t('compose.profile.import')}
        </Button>
        <Button size="small" startIcon={<FolderOpenOutlined />} disabled={task.busy} onClick={importFound}>
          {t('profiles.import-found')}
        </Button>
        {chosen !== null && chosen.profileId !== null && (
          <Button
            size="small"
            color="error"
            startIcon={<DeleteOutlined />}
            disabled={task.busy}
            onClick={() => remove(chosen)}
          >
            {t('compose.profile.remove', { name: chosen.label })}
          </Button>
        )}
      </Box>
      {naming && (
        <SaveDialog
          draft={draft}
          onClose={() => setNaming(false)}
          onSaved={(name) => {
            setNaming(false);
            announce(t('compose.profile.saved', { name }));
            templates.reload();
          }}
        />
      )}
    </Section>
  );
}

function choicesFrom(
  templates: Templates,
  readyLabel: (key: keyof typeof readyMade) => string,
): readonly Choice[] {
  const keys = Object.keys(readyMade) as (keyof typeof readyMade)[];
  return [
    ...keys.map((key): Choice => ({
      key: `ready:${key}`,
      group: 'ready',
      label: readyLabel(key),
      payload: readyMade[key],
      profileId: null,
    })),
    ...templates.local
      .filter(({ kind }) => kind === 'profiles')
      .map((profile): Choice => ({
        key: `mine:${profile.id}`,
        group: 'mine',
        label: profile.name,
        payload: profile.payload,
        profileId: profile.id,
      })),
    ...templates.server.map((entry): Choice => ({
      key: `server:${entry.id}`,
      group: 'server',
      label: entry.group === '_' ? entry.name : `${entry.group}/${entry.name}`,
      payload: entry.payload,
      profileId: null,
    })),
  ];
}

function SaveDialog({
  draft,
  onClose,
  onSaved,
}: {
  readonly draft: MytokenDraft;
  readonly onClose: () => void;
  readonly onSaved: (name: string) => void;
}): ReactNode {
  const { t, call } = useApp();
  const [name, setName] = useState(draft.name);
  const task = useTask();
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="save-profile">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void task
            .run(() => call('profiles:save', { name, payload: asProfile(draft) }))
            .then((saved) => {
              if (saved) onSaved(name.trim());
            });
        }}
      >
        <DialogTitle id="save-profile">{t('compose.profile.save-title')}</DialogTitle>
        <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 2, pt: '8px !important' }}>
          <TextField
            autoFocus
            label={t('compose.profile.save-label')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 80 } }}
          />
          <ErrorNotice error={task.error} />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="contained" disabled={task.busy || name.trim() === ''}>
            {t('common.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
