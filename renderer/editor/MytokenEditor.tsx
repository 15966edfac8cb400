import Add from '@mui/icons-material/Add';
import Redo from '@mui/icons-material/Redo';
import Undo from '@mui/icons-material/Undo';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Tooltip from '@mui/material/Tooltip';
import { type ReactNode, useState } from 'react';
import type { ClauseRequest } from '../../shared/model/mytoken.ts';
import { type RestrictionKey, restrictionKeys } from '../../shared/model/restrictions.ts';
import type { ParentMytoken } from '../../shared/model/sub-mytoken.ts';
import { splitList } from '../../shared/model/mytoken.ts';
import { Section } from '../components/Page.tsx';
import { useApp } from '../hooks/app-context.tsx';
import { CapabilityTree } from './CapabilityTree.tsx';
import { ClauseCard } from './ClauseCard.tsx';
import type { MytokenDraft } from './draft.ts';
import { JsonTab } from './JsonTab.tsx';
import { problemWords } from './problem-words.ts';
import { problemsAt, type Review } from './review.ts';
import { RotationFields } from './RotationFields.tsx';
import type { DraftHistory } from './use-draft.ts';

export interface MytokenEditorProps {
  readonly history: DraftHistory;
  readonly review: Review;
  /** The mytoken that the new one is made from; null for a login. */
  readonly parent: ParentMytoken | null;
  readonly providerScopes: readonly string[];
  /** Keys that the server works with; null when it did not tell. */
  readonly restrictionKeys: readonly string[] | null;
  readonly nowMs: number;
}

/** Capabilities, limits and rotation of a mytoken, as a form or as JSON. */
export function MytokenEditor({
  history,
  review,
  parent,
  providerScopes,
  restrictionKeys: supported,
  nowMs,
}: MytokenEditorProps): ReactNode {
  const { t } = useApp();
  const [tab, setTab] = useState<'form' | 'json'>('form');
  const { draft, set } = history;
  const change = (patch: Partial<MytokenDraft>): void => set({ ...draft, ...patch });
  const setClause = (index: number, clause: ClauseRequest): void =>
    change({ restrictions: draft.restrictions.map((old, place) => (place === index ? clause : old)) });
  const disabledKeys: readonly RestrictionKey[] =
    supported === null ? [] : restrictionKeys.filter((key) => !supported.includes(key));
  const capabilityProblem = problemsAt(review.problems, null, 'capabilities')[0];
  const parentScopes = parentValues(parent, (clause) => splitList(clause.scope ?? ''));
  const audiences = parentValues(parent, (clause) => clause.audience ?? []);

  return (
    <Box
      sx={{ display: 'flex', flexDirection: 'column', gap: 2.5 }}
      onKeyDown={(event) => {
        // Fields undo their own typing.
        if (
          event.target instanceof HTMLElement &&
          event.target.matches('input:not([type=checkbox]), textarea')
        )
          return;
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
        event.preventDefault();
        if (event.shiftKey) history.redo?.();
        else history.undo?.();
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          color="primary"
          value={tab}
          aria-label={t('compose.tabs')}
          onChange={(_event, next: 'form' | 'json' | null) => {
            if (next !== null) setTab(next);
          }}
        >
          <ToggleButton value="form">{t('compose.tab.form')}</ToggleButton>
          <ToggleButton value="json">{t('compose.tab.json')}</ToggleButton>
        </ToggleButtonGroup>
        <Box sx={{ flex: 1 }} />
        <StepButton label={t('compose.undo')} action={history.undo} icon={<Undo />} />
        <StepButton label={t('compose.redo')} action={history.redo} icon={<Redo />} />
      </Box>
      {tab === 'json' ? (
        <JsonTab draft={draft} onChange={set} />
      ) : (
        <>
          <Section
            title={t('compose.caps.title')}
            hint={t(parent === null ? 'compose.caps.hint-login' : 'compose.caps.hint')}
          >
            <CapabilityTree
              label={t('compose.caps.title')}
              value={draft.capabilities}
              onChange={(capabilities) => change({ capabilities })}
              offered={parent?.capabilities ?? null}
              problem={capabilityProblem === undefined ? null : problemWords(t, capabilityProblem)}
            />
          </Section>
          <Section title={t('compose.limits.title')} hint={t('compose.limits.hint')}>
            {draft.restrictions.length === 0 && (
              <Alert severity={parent === null || parent.restrictions.length === 0 ? 'warning' : 'info'}>
                {t(
                  parent === null || parent.restrictions.length === 0
                    ? 'compose.limits.none'
                    : 'compose.limits.inherited',
                )}
              </Alert>
            )}
            {draft.restrictions.map((clause, index) => {
              const covered = review.redundant.find((pair) => pair.index === index);
              return (
                <ClauseCard
                  // Cards have no identity but their place.
                  key={index}
                  clause={clause}
                  number={index + 1}
                  onChange={(next) => setClause(index, next)}
                  onRemove={() =>
                    change({ restrictions: draft.restrictions.filter((_old, place) => place !== index) })
                  }
                  onCopy={() =>
                    change({ restrictions: draft.restrictions.toSpliced(index + 1, 0, { ...clause }) })
                  }
                  problems={review.problems}
                  wider={review.wider[index] ?? []}
                  fitting={review.fitting[index] ?? null}
                  coveredBy={covered === undefined ? null : covered.coveredBy + 1}
                  scopes={parentScopes.length > 0 ? parentScopes : providerScopes}
                  audiences={audiences}
                  disabledKeys={disabledKeys}
                  nowMs={nowMs}
                />
              );
            })}
            <Box>
              <Button
                variant="outlined"
                startIcon={<Add />}
                disabled={draft.restrictions.length >= 20}
                onClick={() => change({ restrictions: [...draft.restrictions, { exp: '+1d' }] })}
              >
                {t('compose.limits.add-card')}
              </Button>
            </Box>
          </Section>
          <Section title={t('compose.rotation.title')} hint={t('compose.rotation.hint')}>
            <RotationFields value={draft.rotation} onChange={(rotation) => change({ rotation })} />
          </Section>
        </>
      )}
    </Box>
  );
}

function StepButton({
  label,
  action,
  icon,
}: {
  readonly label: string;
  readonly action: (() => void) | null;
  readonly icon: ReactNode;
}): ReactNode {
  return (
    <Tooltip title={label}>
      <span>
        <IconButton aria-label={label} disabled={action === null} onClick={() => action?.()}>
          {icon}
        </IconButton>
      </span>
    </Tooltip>
  );
}

/** Every value that some clause of the parent names; empty when one of its clauses has no such limit. */
function parentValues(
  parent: ParentMytoken | null,
  valuesOf: (clause: ParentMytoken['restrictions'][number]) => readonly string[],
): readonly string[] {
  const lists = (parent?.restrictions ?? []).map(valuesOf);
  return lists.some((list) => list.length === 0) ? [] : [...new Set(lists.flat())];
}
