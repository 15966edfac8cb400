/** Texts about the doors of the local API, and about pairing programs with it. */
export const pairingEn = {
  'pairing.enter': 'Enter a pairing code',
  'pairing.title': 'Pair a program',
  'pairing.text':
    'Start the pairing in the program. It shows a code of eight characters; type it here. Only do this for a program that you just started the pairing in.',
  'pairing.code': 'Code from the program',
  'pairing.next': 'Next',
  'pairing.claims': 'It calls itself “{label}”. Nobody checked that.',
  'pairing.found': 'The system found {program} on the other end.',
  'pairing.found-at': 'The system found {program} on the other end: {executable}',
  'pairing.not-found': 'The system could not tell which program it is.',
  'pairing.accept': 'Pair',
  'pairing.refuse': 'Refuse',
  'pairing.done':
    '{name} fetches its key within moments and then appears in the list. If it does not within five minutes, start again.',
  'pairing.close': 'Close',
  'http-socket.title': 'Local endpoint on a socket',
  'http-socket.hint':
    'The same requests over a UNIX socket that only your programs can reach. There the system tells which program asks.',
  'http-socket.switch': 'Let local programs ask on the socket',
  'http-socket.keyless': 'No key needed on the socket',
  'http-socket.keyless-hint':
    'What happens when programs without a key ask is set for each account, under “What they may do”. They also see the names of your accounts.',
  'http-socket.try': 'Try it in a terminal',
  'http-socket.used-by': 'by {program}',
} as const;
