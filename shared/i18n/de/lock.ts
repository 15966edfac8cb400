import type { lockEn } from '../en/lock.ts';

/** Sperren und Anhalten, und Konten, nach denen Programme fragen. */
export const lockDe: Record<keyof typeof lockEn, string> = {
  'lock.title': 'Mytoken Desktop ist gesperrt',
  'lock.by.user': 'Du hast es gesperrt.',
  'lock.by.client':
    'Ein Programm hat es mit einem Passwort gesperrt. Hier kannst du es ohne dieses Passwort entsperren.',
  'lock.by.screen': 'Es wurde zusammen mit dem Bildschirm gesperrt.',
  'lock.by.sleep': 'Es wurde gesperrt, bevor der Rechner in den Ruhezustand ging.',
  'lock.by.idle': 'Es wurde gesperrt, weil der Rechner eine Weile nicht benutzt wurde.',
  'lock.since': 'Gesperrt',
  'lock.what':
    'Der Schlüssel der gespeicherten Mytokens und alle Zugriffstoken sind aus dem Arbeitsspeicher entfernt. Lokale Programme bekommen nichts, bis du entsperrst.',
  'lock.waiting':
    '{count, plural, one {# Anfrage wird dir nach dem Entsperren gezeigt.} other {# Anfragen werden dir nach dem Entsperren gezeigt.}}',
  'lock.unlock': 'Entsperren',
  'lock.lock-now': 'Jetzt sperren',
  'lock.settings': 'Sperren und Anhalten',
  'lock.settings-hint':
    'Solange die App gesperrt ist, bekommt hier niemand ein Token. Entsperren öffnet den Speicher mit dem Schlüsselbund deines Systems und verlangt kein Passwort, solange der offen ist: Sperre auch den Bildschirm.',
  'lock.with-screen': 'Zusammen mit dem Bildschirm sperren',
  'lock.before-sleep': 'Vor dem Ruhezustand sperren',
  'lock.idle': 'Sperren, wenn niemand den Rechner benutzt',
  'lock.idle.never': 'nie',
  'lock.idle.after': 'nach {minutes, plural, one {# Minute} other {# Minuten}}',
  'lock.pause': 'Lokalen Zugriff anhalten',
  'lock.pause-hint': 'Lokale Programme bekommen so lange nichts. Dieses Fenster arbeitet weiter.',
  'lock.pause.15': 'für 15 Minuten',
  'lock.pause.60': 'für eine Stunde',
  'lock.pause.open': 'bis zum Fortsetzen',
  'lock.paused-until': 'Der lokale Zugriff ist bis {time} angehalten.',
  'lock.paused-open': 'Der lokale Zugriff ist angehalten.',
  'lock.resume': 'Fortsetzen',
  'tray.status.locked': 'Gesperrt',
  'tray.status.paused': '{status} · lokaler Zugriff angehalten',
  'tray.lock': 'Sperren',
  'tray.unlock': 'Entsperren',
  'tray.resume': 'Lokalen Zugriff fortsetzen',
  'agent.wanted':
    'Ein Programm hat nach einem Konto bei {provider} gefragt. Wartet es nach der Anmeldung noch, wirst du danach gefragt.',
  'agent.wanted-over':
    'Das Programm, das nach einem Konto bei {provider} gefragt hat, wartet nicht mehr: Seine Zeit ist abgelaufen, und es hat nichts bekommen. Das Konto kannst du trotzdem hinzufügen.',
  'agent.wanted-elsewhere': 'Dieser Mytoken-Server kennt {provider} nicht. Wähle einen anderen Server.',
  'approval.new.server': 'Mytoken-Server',
  'approval.new.provider': 'Anbieter',
  'approval.new.can': 'Sein Mytoken kann',
  'approval.new.untold': 'steht nicht dabei; der Server wird danach gefragt',
  'shortcuts.lock': 'Die App sperren',
};
