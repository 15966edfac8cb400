import { describe, expect, it } from 'vitest';
import { findToken, firstLine } from '../../../electron/accounts/token-text.ts';
import { claimsOf, jwtOf } from '../../support/made-mytokens.ts';

const jwt = jwtOf(claimsOf());
const short = 'KqRtWbNxhQmZtKcR'.repeat(4);
const found = (text: string) => {
  const token = findToken(text);
  return token === null || token.kind === 'transfer-code'
    ? token
    : { kind: token.kind, value: token.value.reveal() };
};

describe('finding a mytoken in a text', () => {
  it.each([
    ['alone', jwt],
    ['with blanks and a byte order mark', `\uFEFF  ${jwt}\r\n`],
    ['as a shell line', `export MYTOKEN=${jwt}`],
    ['quoted in a shell line', `MYTOKEN="${jwt}";`],
    ['in a line of PowerShell', `$env:MYTOKEN = '${jwt}'`],
    ['in a line of cmd', `set MYTOKEN=${jwt}`],
    ['in a line of csh', `setenv MYTOKEN ${jwt}`],
    ['in YAML', `mytoken: "${jwt}"`],
    ['in a line of JSON', `  "mytoken": "${jwt}",`],
    ['among other lines', `# my token\n\nFOO=bar\nMYTOKEN=${jwt}\n`],
    ['in a server’s answer', JSON.stringify({ mytoken: jwt, mytoken_type: 'token' }, null, 2)],
    ['as a JSON string', JSON.stringify(jwt)],
    ['in a header', `Authorization: Bearer ${jwt}`],
    ['in a variable with a scheme', `TOKEN='Bearer ${jwt}'`],
    ['after something that could be a short token', `${short}\n${jwt}`],
    ['broken by a terminal', (jwt.match(/.{1,80}/g) ?? []).join('\n')],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual({ kind: 'jwt', value: jwt });
  });

  it('tells short tokens from JWTs', () => {
    expect(found(short)).toEqual({ kind: 'short', value: short });
    expect(found(`MT=${short}`)).toEqual({ kind: 'short', value: short });
    expect(found(JSON.stringify({ mytoken: short }))).toEqual({ kind: 'short', value: short });
  });

  it('knows a server’s answer with a code', () => {
    expect(found('{"mytoken_type":"transfer_code","transfer_code":"hQmZtKcR"}')).toEqual({
      kind: 'transfer-code',
    });
  });

  it.each(['', '\n\n', 'hello world', 'hQmZtKcR', '{"mytoken":5}', '{"mytoken"', `# ${jwt}`, 'a.b', 'null'])(
    'finds none in %j',
    (text) => {
      expect(found(text)).toBeNull();
    },
  );

  it('takes the first line with anything in it from a file', () => {
    expect(firstLine('\uFEFF\n \r\n first \nsecond')).toBe(' first ');
    expect(firstLine('')).toBe('');
  });
});
