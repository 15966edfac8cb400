/** Pages behind the links a window may name. */
export const helpPages: Readonly<Record<string, string>> = {
  documentation: 'https://docs.mytok.eu/',
  'mytoken-docs': 'https://docs.mytok.eu/',
  appindicator: 'https://extensions.gnome.org/extension/615/appindicator-support/',
  'keyring-help': 'https://wiki.gnome.org/Projects/GnomeKeyring',
};
