import { expect, it } from 'vitest';
import { csvText } from '../../../shared/model/csv.ts';

it('quotes every cell and ends lines as RFC 4180 says', () => {
  expect(
    csvText([
      ['a', 'b"c'],
      ['x,y', 'two\nlines'],
    ]),
  ).toBe('"a","b""c"\r\n"x,y","two\nlines"\r\n');
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '\u00A0@x'])(
  'no spreadsheet runs %j',
  (text) => {
    expect(csvText([[text]])).toBe(`"'${text}"\r\n`);
  },
);

it('leaves ordinary text as it is', () => {
  expect(csvText([['AT_created', '192.0.2.7', 'a-b=c']])).toBe('"AT_created","192.0.2.7","a-b=c"\r\n');
});
