import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { ComponentProps, ReactNode } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Facts } from '../../components/Facts.tsx';
import { useAnnounce } from '../../components/Live.tsx';
import { errorTexts, useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { Panel } from './Panel.tsx';

/** A file that another program reads: what is known of it, and how it is made, changed and ended. */
export function FilePanel({
  title,
  hint,
  warning,
  file,
  form,
  actions,
  stop,
}: {
  readonly title: string;
  readonly hint: string;
  /** Said as long as there is no file. */
  readonly warning?: string;
  /** Null: there is none. `problem` is the code of an error. */
  readonly file: {
    readonly problem: string | null;
    readonly facts: ComponentProps<typeof Facts>['items'];
  } | null;
  /** Takes the place of the buttons; null while it is closed. */
  readonly form: ReactNode;
  readonly actions: ReactNode;
  readonly stop: { readonly label: string; readonly done: string; readonly run: () => Promise<unknown> };
}): ReactNode {
  const { t } = useApp();
  const announce = useAnnounce();
  const task = useTask();
  const code = file?.problem ?? null;
  const problem = code === null ? null : errorTexts(t, code);
  return (
    <Panel title={title} hint={hint}>
      {problem !== null && <Alert severity="warning">{`${problem.text} ${problem.next}`}</Alert>}
      {file !== null && <Facts items={file.facts} />}
      {file === null && warning !== undefined && <Alert severity="warning">{warning}</Alert>}
      {form ?? (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          {actions}
          {file !== null && (
            <Button
              color="error"
              disabled={task.busy}
              onClick={() => {
                void task.run(stop.run).then((done) => {
                  if (done) announce(stop.done);
                });
              }}
            >
              {stop.label}
            </Button>
          )}
        </Box>
      )}
      <ErrorNotice error={task.error} />
    </Panel>
  );
}

/** The form that makes or changes the file of a {@link FilePanel}. */
export function FileForm({
  submit,
  cancel,
  onClose,
  children,
}: {
  /** `run` resolves to null when the user chose no file after all. */
  readonly submit: {
    readonly label: string;
    readonly disabled?: boolean;
    readonly done: string;
    readonly run: () => Promise<{ readonly path: string } | null>;
  };
  readonly cancel: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const announce = useAnnounce();
  const task = useTask();
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void task.run(async () => {
          if ((await submit.run()) === null) return;
          onClose();
          announce(submit.done);
        });
      }}
      sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}
    >
      {children}
      <ErrorNotice error={task.error} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" disabled={task.busy || submit.disabled === true}>
          {submit.label}
        </Button>
        <Button onClick={onClose}>{cancel}</Button>
      </Box>
    </Box>
  );
}
