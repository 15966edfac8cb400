import GppMaybeOutlined from '@mui/icons-material/GppMaybeOutlined';
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import Chip from '@mui/material/Chip';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Switch from '@mui/material/Switch';
import type { ReactNode } from 'react';
import {
  type CapabilityNode,
  capabilityTree,
  dangerOf,
  hasCapability,
  levelOf,
  withLevel,
} from '../../shared/model/capabilities.ts';
import { useApp } from '../hooks/app-context.tsx';
import { capabilityWords } from '../hooks/words.ts';

interface TreeProps {
  readonly label: string;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
  /** What can be given at most; null for everything. */
  readonly offered: readonly string[] | null;
  readonly problem: string | null;
}

/** Capabilities as nested boxes: a part stands below its whole, what cannot be given is seen but not offered. */
export function CapabilityTree(props: TreeProps): ReactNode {
  const { label, value, problem } = props;
  return (
    <Box role="group" aria-label={label}>
      <Nodes {...props} nodes={capabilityTree(value)} />
      {problem !== null && <FormHelperText error>{problem}</FormHelperText>}
    </Box>
  );
}

function Nodes({ nodes, ...props }: TreeProps & { readonly nodes: readonly CapabilityNode[] }): ReactNode {
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, pl: nodes[0]?.depth === 0 ? 0 : 3.5 }}>
      {nodes.map((node) => (
        <li key={node.capability}>
          <Row {...props} node={node} />
          {node.children.length > 0 && <Nodes {...props} nodes={node.children} />}
        </li>
      ))}
    </Box>
  );
}

function Row({ node, value, onChange, offered }: TreeProps & { readonly node: CapabilityNode }): ReactNode {
  const { t } = useApp();
  const { capability } = node;
  const readForm = `read@${capability}`;
  const canWrite = offered === null || hasCapability(offered, capability);
  const canRead = node.hasReadOnlyForm && (offered === null || hasCapability(offered, readForm));
  const level = levelOf(value, capability);
  const partly = level === 'none' && someBelow(node, value);
  // Chosen although it cannot be given (a profile, the JSON tab): it can be taken away again.
  const disabled = !canWrite && !canRead && level === 'none' && !partly;
  const shown = level === 'read' ? readForm : capability;
  const danger = dangerOf(shown);
  return (
    <Box
      sx={{
        display: 'flex',
        alignItems: 'center',
        columnGap: 1,
        flexWrap: 'wrap',
      }}
    >
      <FormControlLabel
        sx={{ mr: 0, minWidth: 0 }}
        disabled={disabled}
        control={
          <Checkbox
            size="small"
            checked={level !== 'none'}
            indeterminate={partly}
            onChange={(_event, on) =>
              onChange(withLevel(value, capability, !on && !partly ? 'none' : canWrite ? 'write' : 'read'))
            }
          />
        }
        label={
          <Box component="span" sx={{ fontSize: '0.9rem', overflowWrap: 'anywhere' }}>
            {capabilityWords(t, shown)}{' '}
            <Box component="code" sx={{ color: 'text.secondary', fontSize: '0.78rem' }}>
              {shown}
            </Box>
          </Box>
        }
      />
      {danger !== 'normal' && (
        <Chip
          size="small"
          variant="outlined"
          color={danger === 'danger' ? 'error' : 'warning'}
          icon={<GppMaybeOutlined />}
          label={t(`compose.danger.${danger}`)}
        />
      )}
      {node.hasReadOnlyForm && level !== 'none' && canWrite && (
        <FormControlLabel
          sx={{ mr: 0, '& .MuiFormControlLabel-label': { fontSize: '0.82rem' } }}
          control={
            <Switch
              size="small"
              checked={level === 'read'}
              slotProps={{ input: { 'aria-label': t('compose.caps.look-only-of', { capability }) } }}
              onChange={(_event, readOnly) =>
                onChange(withLevel(value, capability, readOnly ? 'read' : 'write'))
              }
            />
          }
          label={t('compose.caps.look-only')}
        />
      )}
      {!canWrite && !canRead && (
        <Box component="span" sx={{ fontSize: '0.8rem', color: 'text.secondary' }}>
          {t('compose.caps.not-the-parents')}
        </Box>
      )}
    </Box>
  );
}

function someBelow(node: CapabilityNode, value: readonly string[]): boolean {
  return node.children.some(
    (child) => levelOf(value, child.capability) !== 'none' || someBelow(child, value),
  );
}
