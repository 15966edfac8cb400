import type { desktopEn } from '../en/desktop.ts';

export const desktopDe: Readonly<Record<keyof typeof desktopEn, string>> = {
  'app.name': 'Mytoken Desktop',
  'tray.status.line': '{accounts, plural, =0 {Keine Konten} one {# Konto} other {# Konten}} · {endpoint}',
  'tray.status.storage': 'Der Speicher braucht Aufmerksamkeit',
  'tray.endpoint.on': 'Endpunkt an',
  'tray.endpoint.off': 'Endpunkt aus',
  'tray.copy-default': 'Zugriffstoken kopieren: {account}',
  'tray.copy': 'Zugriffstoken kopieren',
  'tray.open': 'Öffnen',
  'tray.more': 'Weitere …',
  'tray.show': 'Mytoken Desktop öffnen',
  'tray.settings': 'Einstellungen …',
  'tray.quit': 'Beenden',
  'tray.account.login': 'Anmeldung nötig',
  'tray.account.check': 'Prüfung nötig',
  'tray.account.locked': 'gesperrt',
  'notify.copied.title': 'Zugriffstoken kopiert: {account}',
  'notify.copied.body':
    'Gültig bis {until, time, short}. Verlässt die Zwischenablage um {cleared, time, medium}.',
  'notify.copy-failed.title': 'Kein Zugriffstoken für {account}',
  'notify.login-needed.title': '{account} braucht eine neue Anmeldung',
  'notify.login-needed.body': 'Das Mytoken gilt nicht mehr. Öffne das Konto, um dich neu anzumelden.',
  'dialog.pick-mytoken': 'Datei mit einem Mytoken auswählen',
  'dialog.pick-profile': 'Profil wählen (JSON)',
  'dialog.save-mytoken': 'Mytoken speichern',
  'dialog.pick-ca': 'Datei mit Zertifikaten (PEM) auswählen',
};
