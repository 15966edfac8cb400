/** Pages behind the links a window may name. */
const helpPages: Readonly<Record<string, string>> = {
  documentation: 'https://docs.mytok.eu/',
  'mytoken-docs': 'https://docs.mytok.eu/',
  appindicator: 'https://extensions.gnome.org/extension/615/appindicator-support/',
  'keyring-help': 'https://wiki.gnome.org/Projects/GnomeKeyring',
};

/** The page for a link a window names; the server's own documentation where it has some. */
export function helpUrl(link: string, documentation: string | null): string {
  if (link === 'instance-docs' && documentation !== null) return documentation;
  return helpPages[link] ?? helpPages['documentation'] ?? '';
}
