import { describe, expect, it } from 'vitest';
import { withFirstFrame } from '../../../electron/security/first-frame.ts';
import type { DrawnPage } from '../../../shared/ipc/drawn-page.ts';

const page =
  '<html><head><title>x</title></head><body><div id="root"></div><script src="a.js"></script></body>';

describe('the first frame of a page', () => {
  it('comes after everything that need not wait for it', async () => {
    let drawn: (page: DrawnPage | null) => void = () => undefined;
    const waiting = new Promise<DrawnPage | null>((resolve) => (drawn = resolve));
    const reader = withFirstFrame(page, 'n0nce', () => waiting).getReader();
    const decoder = new TextDecoder();
    expect(decoder.decode((await reader.read()).value)).toBe('<html><head><title>x</title></head><body>');
    drawn({ id: 'a-b', html: '<h1>Who?</h1>', css: 'h1{color:red}' });
    expect(decoder.decode((await reader.read()).value)).toBe(
      '<div id="root" data-drawn="a-b"><style nonce="n0nce">h1{color:red}</style><h1>Who?</h1></div>' +
        '<script src="a.js"></script></body>',
    );
    expect((await reader.read()).done).toBe(true);
  });

  it('leaves a page as it is that draws itself', async () => {
    expect(await new Response(withFirstFrame(page, 'n', () => Promise.resolve(null))).text()).toBe(page);
  });
});
