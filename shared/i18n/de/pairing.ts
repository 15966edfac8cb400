import type { pairingEn } from '../en/pairing.ts';

export const pairingDe: Record<keyof typeof pairingEn, string> = {
  'pairing.enter': 'Kopplungscode eingeben',
  'pairing.title': 'Programm koppeln',
  'pairing.text':
    'Beginne das Koppeln im Programm. Es zeigt einen Code aus acht Zeichen; gib ihn hier ein. Tu das nur für ein Programm, in dem du das Koppeln gerade selbst begonnen hast.',
  'pairing.code': 'Code aus dem Programm',
  'pairing.next': 'Weiter',
  'pairing.claims': 'Es nennt sich „{label}“. Das hat niemand geprüft.',
  'pairing.found': 'Das System fand am anderen Ende {program}.',
  'pairing.found-at': 'Das System fand am anderen Ende {program}: {executable}',
  'pairing.not-found': 'Das System konnte nicht feststellen, welches Programm es ist.',
  'pairing.accept': 'Koppeln',
  'pairing.refuse': 'Ablehnen',
  'pairing.done':
    '{name} holt sich in wenigen Augenblicken seinen Schlüssel und steht dann in der Liste. Wenn das nicht binnen fünf Minuten geschieht, beginne von vorn.',
  'pairing.close': 'Schließen',
  'http-socket.title': 'Lokaler Endpunkt an einem Socket',
  'http-socket.hint':
    'Dieselben Anfragen über einen UNIX-Socket, den nur deine Programme erreichen. Dort sagt das System, welches Programm fragt.',
  'http-socket.switch': 'Lokale Programme am Socket fragen lassen',
  'http-socket.keyless': 'Am Socket ist kein Schlüssel nötig',
  'http-socket.keyless-hint':
    'Was geschieht, wenn Programme ohne Schlüssel fragen, ist je Konto unter „Was sie dürfen“ eingestellt. Sie sehen auch die Namen deiner Konten.',
  'http-socket.try': 'Im Terminal ausprobieren',
  'http-socket.used-by': 'von {program}',
};
