/** Texts of what can be seen of mytokens and done with them. */
export const manageEn = {
  'manage.tabs': 'About this account',
  'manage.tab.overview': 'Overview',
  'manage.tab.state': 'State',
  'manage.no-name': 'without a name',
  'manage.need.title': 'This takes one more capability',
  'manage.need.text': 'The mytoken of {account} may not do this: {words}.',
  'manage.need.login': 'Log in again with it…',
  'manage.need.use': 'Use {account} for this',
  'manage.wider.title': 'Log in again with more: {account}',
  'manage.wider.text':
    'The account gets a new mytoken; its name and settings stay. This is what will be asked for, and you can still change it in the browser:',
  'manage.wider.children':
    'The former mytoken is revoked afterwards. Mytokens made from it go on working, but do not belong to the new one.',
  'manage.used.AT':
    '{limit, plural, one {{done} of # access token used} other {{done} of # access tokens used}}',
  'manage.used.other':
    '{limit, plural, one {{done} of # other use used} other {{done} of # other uses used}}',
  'manage.state.again': 'Ask the server again',
  'manage.state.forged': 'This is not a genuine mytoken',
  'manage.state.server.valid': 'The server accepts this mytoken',
  'manage.state.server.valid-untold': 'The server accepts this mytoken, but tells nothing more about it',
  'manage.state.server.refused': 'The server does not accept this mytoken',
  'manage.state.server.no-answer': 'The server could not be asked',
  'manage.state.server.not-asked': 'The server was not asked',
  'manage.state.signature.valid': 'Its signature is valid: it comes from this server.',
  'manage.state.signature.invalid': 'Its signature is wrong: anybody may have written what it says.',
  'manage.state.signature.unknown':
    'Its signature could not be checked, because the keys of the server could not be fetched. Below is what the mytoken says of itself.',
  'manage.state.signature.none': 'It is a short token, which carries no signature.',
  'manage.state.checked': 'Looked at',
  'manage.state.nothing-known': 'Nothing more is known of this short token.',
  'manage.state.kind': 'Form',
  'manage.state.kind.jwt': 'signed token (JWT)',
  'manage.state.kind.short': 'short token',
  'manage.state.subject': 'User id at the provider',
  'manage.state.issued': 'Issued',
  'manage.state.not-before': 'Works from',
  'manage.state.logged-in': 'Login at the provider',
  'manage.state.sequence': 'Replaced',
  'manage.state.replaced': '{count, plural, =0 {never so far} one {# time so far} other {# times so far}}',
  'manage.state.version': 'Token version',
} as const;
