import HistoryOutlined from '@mui/icons-material/History';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import useMediaQuery from '@mui/material/useMediaQuery';
import { type ReactNode, useState } from 'react';
import type { ActivityFilter } from '../../../shared/model/activity.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { Page } from '../../components/Page.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { ActivityList } from './ActivityList.tsx';
import { ActivityMenu } from './ActivityMenu.tsx';
import { FilterBar, type FilterFields, noFilter, spans } from './FilterBar.tsx';
import { RecordDetails } from './RecordDetails.tsx';
import { useActivity } from './use-activity.ts';

/** What was asked for and what became of it. */
export function ActivityPage({
  filter: first,
}: {
  readonly filter?: Partial<ActivityFilter> | undefined;
}): ReactNode {
  const { state, t } = useApp();
  const theme = useTheme();
  const isRoomy = useMediaQuery(theme.breakpoints.up('md'));
  const [search, setSearch] = useState(() => searchOf({ ...noFilter, ...first }));
  const { fields, filter } = search;
  const activity = useActivity(filter);
  const { records, total, newer, programs, ready } = activity;
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [opened, setOpened] = useState(false);
  // Counted up while the reader is at another place: the list begins at the top again.
  const [listKey, setListKey] = useState(0);
  const chosen = records.find(({ id }) => id === chosenId);
  const isEmpty = ready && state.activity.total === 0;
  const look = (next: FilterFields): void => {
    setSearch(searchOf(next));
    setListKey((key) => key + 1);
  };
  const { damaged, problem } = state.activity;

  return (
    <Page wide={isRoomy} roomy title={t('activity.title')} action={<ActivityMenu filter={filter} />}>
      {problem !== null && <Alert severity="warning">{t('activity.unsaved')}</Alert>}
      {damaged > 0 && <Alert severity="info">{t('activity.damaged', { count: damaged })}</Alert>}
      <ErrorNotice error={activity.error} />
      {isEmpty ? (
        <EmptyState icon={<HistoryOutlined />} title={t('activity.empty.title')}>
          {t('activity.empty.text')}
        </EmptyState>
      ) : (
        <>
          <FilterBar fields={fields} programs={programs} onChange={look} />
          <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', flexWrap: 'wrap', minHeight: 32 }}>
            <Typography variant="body2" color="textSecondary" role="status">
              {ready ? t('activity.count', { count: total }) : ''}
            </Typography>
            {newer > 0 && (
              <Button
                size="small"
                onClick={() => {
                  activity.showNewer();
                  setListKey((key) => key + 1);
                }}
              >
                {t('activity.new', { count: newer })}
              </Button>
            )}
          </Box>
          {ready && total === 0 ? (
            <Box sx={{ textAlign: 'center', p: 3 }}>
              <Typography variant="h2">{t('activity.no-hits.title')}</Typography>
              <Typography color="textSecondary">{t('activity.no-hits.text')}</Typography>
              <Button onClick={() => look(noFilter)}>{t('activity.filter.clear')}</Button>
            </Box>
          ) : (
            <Box
              sx={{ flex: 1, minHeight: 200, height: isRoomy ? undefined : '65vh', display: 'flex', gap: 3 }}
            >
              <ActivityList
                key={listKey}
                records={records}
                total={total}
                chosenId={chosenId}
                onChoose={setChosenId}
                onOpen={(id) => {
                  setChosenId(id);
                  setOpened(!isRoomy); // else they stand beside the list
                }}
                onEnd={activity.loadMore}
                onTop={activity.follow}
              />
              {isRoomy && (
                <Box
                  component="section"
                  aria-label={t('activity.details')}
                  tabIndex={0}
                  sx={{ width: 400, flex: 'none', overflow: 'auto' }}
                >
                  {chosen === undefined ? (
                    <Typography color="textSecondary">{t('activity.details.none')}</Typography>
                  ) : (
                    <RecordDetails key={chosen.id} record={chosen} />
                  )}
                </Box>
              )}
            </Box>
          )}
        </>
      )}
      {!isRoomy && chosen !== undefined && (
        <Dialog
          open={opened}
          onClose={() => setOpened(false)}
          fullWidth
          slotProps={{ paper: { 'aria-label': t('activity.details') } }}
        >
          <DialogContent>
            <RecordDetails key={chosen.id} record={chosen} />
          </DialogContent>
          <DialogActions>
            <Button autoFocus onClick={() => setOpened(false)}>
              {t('common.close')}
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </Page>
  );
}

/** The same object while nothing changes: what is looked for is compared by identity. */
function searchOf(fields: FilterFields): { readonly fields: FilterFields; readonly filter: ActivityFilter } {
  const { span, ...rest } = fields;
  return { fields, filter: { ...rest, fromMs: span === null ? null : Date.now() - spans[span] } };
}
