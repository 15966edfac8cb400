import type { Translate } from '../../shared/i18n/catalogue.ts';
import type { Wider } from '../../shared/model/restrictions.ts';
import type { Caution, FieldProblem } from '../../shared/model/sub-mytoken.ts';

export function problemWords(t: Translate, problem: FieldProblem): string {
  return t(`compose.problem.${problem.problem}`, { value: problem.value });
}

export function widerWords(t: Translate, wider: Wider): string {
  return t(wider.certain ? `compose.wider.${wider.key}` : 'compose.wider.unknown');
}

export function cautionWords(t: Translate, caution: Caution): string {
  return t(`compose.caution.${caution.kind}`, {
    capability: caution.kind === 'dangerous-capability' ? caution.capability : '',
  });
}
