export const handoverDe = {
  'manage.tab.handover': 'Andere Werkzeuge',
  'handover.unusable':
    'Sobald das Konto wieder funktioniert, können andere Werkzeuge es von hier aus nutzen.',
  'handover.hint':
    'Programme, die diese App nicht kennen, können das Konto über eine Datei oder ein Terminal nutzen, das die App vorbereitet.',
  'handover.bearer.title': 'Zugriffstoken in einer Datei',
  'handover.bearer.hint':
    'Wird frisch gehalten, solange die App läuft und nicht gesperrt ist. Werkzeuge, die sich nach der WLCG Bearer Token Discovery richten oder BEARER_TOKEN_FILE lesen, finden sie von selbst. Jedes deiner Programme kann sie lesen.',
  'handover.bearer.place': 'Ort',
  'handover.bearer.place.discovery': 'Wo Werkzeuge von selbst suchen ({path})',
  'handover.bearer.place.own': 'An einem eigenen Ort dieses Kontos',
  'handover.bearer.place.chosen': 'In einer Datei, die ich wähle …',
  'handover.bearer.scopes': 'Scopes',
  'handover.bearer.scopes.hint': 'Leer: was für dieses Konto üblich ist.',
  'handover.bearer.audience': 'Audience',
  'handover.bearer.start': 'Token-Datei führen',
  'handover.bearer.change': 'Ändern',
  'handover.bearer.stop': 'Beenden und Datei entfernen',
  'handover.bearer.cancel': 'Abbrechen',
  'handover.bearer.path': 'Datei',
  'handover.bearer.state': 'Zustand',
  'handover.bearer.state.fresh': 'frisch',
  'handover.bearer.state.fetching': 'unterwegs',
  'handover.bearer.state.withdrawn':
    'vorerst entfernt: Die App ist gesperrt oder angehalten, oder das Konto bedient keine Programme',
  'handover.bearer.state.trouble': 'es konnte kein neues Token abgelegt werden',
  'handover.bearer.expires': 'Token gültig bis',
  'handover.bearer.kept': 'Die Datei wird geführt.',
  'handover.bearer.stopped': 'Die Datei wurde entfernt.',
  'handover.terminal.title': 'Terminal',
  'handover.terminal.hint':
    'Öffnet dein Terminal, in dem BEARER_TOKEN_FILE, MYTOKEN_URL und, falls eingeschaltet, OIDC_SOCK für dieses Konto gesetzt sind. In der Umgebung steht kein Token: Dafür wird eine Token-Datei geführt.',
  'handover.terminal.open': 'Terminal öffnen',
  'handover.terminal.opened': 'Ein Terminal wurde geöffnet.',
  'handover.share.title': 'Das Mytoken selbst in einer Datei',
  'handover.share.hint':
    'Für das Kommandozeilenprogramm mytoken und Skripte, die mit einem Mytoken arbeiten. Bekommt eine Seite durch Rotation ein neues Mytoken, übernimmt es die andere.',
  'handover.share.warning':
    'Wer die Datei lesen kann, kann alles, was dieses Konto kann. Ein engeres, eigens erzeugtes Mytoken ist sicherer.',
  'handover.share.narrower': 'Stattdessen ein engeres erzeugen',
  'handover.share.start': 'In einer Datei teilen …',
  'handover.share.type': 'Zur Bestätigung {shortname} eintippen',
  'handover.share.choose': 'Datei wählen',
  'handover.share.cancel': 'Abbrechen',
  'handover.share.stop': 'Beenden und Datei entfernen',
  'handover.share.state.fresh': 'im Gleichstand mit der App',
  'handover.share.state.fetching': 'wird angesehen',
  'handover.share.state.withdrawn': 'wird nicht angesehen',
  'handover.share.state.trouble': 'nicht im Gleichstand',
  'handover.share.taken-over': 'Zuletzt vom anderen Programm erneuert',
  'handover.share.started': 'Die Datei wurde geschrieben.',
  'handover.share.stopped': 'Die Datei wurde entfernt.',
  'profiles.import-found': 'In den üblichen Ordnern suchen',
  'profiles.import-found.none': 'In {folders} wurden keine Profildateien gefunden.',
  'profiles.import-found.done': '{count, plural, one {# Profil} other {# Profile}} gelesen aus {folders}.',
  'error.handover/foreign-file.text': 'An diesem Ort liegt eine Datei, die nicht von dieser App stammt.',
  'error.handover/foreign-file.next': 'Verschiebe sie oder wähle einen anderen Ort, dann noch einmal.',
  'error.handover/unsafe-place.text':
    'Der Ordner ist kein sicherer Ort für ein Token: Er fehlt, oder andere können hineinschreiben.',
  'error.handover/unsafe-place.next': 'Wähle einen Ordner, in den nur du schreiben kannst.',
  'error.handover/place-taken.text':
    'Dieser Ort ist nicht frei: Ein anderes Konto hat dort seine Datei, oder dieses System hat keinen solchen Ort.',
  'error.handover/place-taken.next': 'Wähle einen anderen Ort.',
  'error.handover/not-shareable.text':
    'Dieses Mytoken lässt sich nicht teilen: Nutzen es zwei Programme zugleich, widerruft es der Server, oder niemand weiß, welche Form die neueste ist.',
  'error.handover/not-shareable.next':
    'Erzeuge ein engeres Mytoken, das nicht rotiert, und lege das in eine Datei.',
  'error.handover/not-kept.text': 'Für dieses Konto gibt es im Moment keine Token-Datei.',
  'error.handover/not-kept.next': 'Entsperre die App oder lasse eine Token-Datei führen, dann noch einmal.',
  'error.handover/no-terminal.text': 'Es konnte kein Terminalprogramm gestartet werden.',
  'error.handover/no-terminal.next':
    'Installiere eines, oder setze die Umgebungsvariable TERMINAL auf deines.',
};
