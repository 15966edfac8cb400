import type { TemplateKind } from '../../shared/model/templates.ts';
import type { MytokenClient, TemplateEntry } from '../mytoken/index.ts';

const mostGroups = 50;

/** Profiles or templates of all groups of a server; empty when it has none. Throws what the client throws. */
export async function serverTemplates(
  client: Pick<MytokenClient, 'templateGroups' | 'templates'>,
  url: string,
  kind: TemplateKind,
): Promise<readonly TemplateEntry[]> {
  const groups = await client.templateGroups(url);
  const entries = await Promise.all(
    groups.slice(0, mostGroups).map((group) => client.templates(url, kind, group)),
  );
  return entries.flat();
}
