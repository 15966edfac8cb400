import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { type ReactNode, useRef, useState } from 'react';
import { useApp } from '../hooks/app-context.tsx';
import { mono } from '../theme/theme.ts';
import type { MytokenDraft } from './draft.ts';
import { fromJson, type JsonProblem, toJson } from './draft-json.ts';

/** The request as text. The draft follows each version without mistakes; the text follows changes made elsewhere. */
export function JsonTab({
  draft,
  onChange,
}: {
  readonly draft: MytokenDraft;
  readonly onChange: (draft: MytokenDraft) => void;
}): ReactNode {
  const { t } = useApp();
  const area = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState<{ readonly text: string; readonly of: string } | null>(null);
  const current = toJson(draft);
  // What was typed counts as long as it stands for the draft as it is, or for no draft at all.
  const text = typed !== null && typed.of === current ? typed.text : current;
  const read = fromJson(text);

  const type = (next: string): void => {
    const result = fromJson(next);
    setTyped({ text: next, of: result.ok ? toJson(result.draft) : current });
    if (result.ok) onChange(result.draft);
  };
  const jumpTo = (problem: JsonProblem): void => {
    area.current?.focus();
    area.current?.setSelectionRange(problem.offset, problem.offset + problem.length);
  };

  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
      <Box
        component="textarea"
        ref={area}
        aria-label={t('compose.json.label')}
        aria-invalid={!read.ok}
        aria-describedby="json-findings"
        spellCheck={false}
        rows={Math.min(28, Math.max(12, text.split('\n').length + 1))}
        value={text}
        onChange={(event) => type(event.target.value)}
        sx={{
          fontFamily: mono,
          fontSize: '0.82rem',
          lineHeight: 1.5,
          p: 1.5,
          width: '100%',
          boxSizing: 'border-box',
          borderRadius: 1,
          border: 1,
          borderColor: read.ok ? 'divider' : 'error.main',
          bgcolor: 'background.paper',
          color: 'text.primary',
          resize: 'vertical',
        }}
      />
      <Box id="json-findings" role="status">
        {read.ok ? (
          <Alert severity="success">
            {t('compose.json.ok')} {t('compose.json.hint')}
          </Alert>
        ) : (
          <Alert severity="error">
            {read.problems.map((problem) => (
              <div key={`${problem.offset} ${problem.detail}`}>
                <Button
                  color="inherit"
                  size="small"
                  sx={{ textAlign: 'left', minHeight: 0, px: 0.5 }}
                  onClick={() => jumpTo(problem)}
                >
                  {t(`compose.json.${problem.kind}`, {
                    line: problem.line,
                    column: problem.column,
                    detail: problem.detail,
                  })}
                </Button>
              </div>
            ))}
            {t('compose.json.pending')}
          </Alert>
        )}
      </Box>
    </Box>
  );
}
