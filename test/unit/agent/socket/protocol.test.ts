import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { answerJson } from '../../../../electron/agent/socket/answers.ts';
import { Conversation, type Step } from '../../../../electron/agent/socket/conversation.ts';
import { nativeKey } from '../../../../electron/agent/socket/key-exchange.ts';
import { readRequest } from '../../../../electron/agent/socket/requests.ts';
import { createNonceSource, openChannel } from '../../../../electron/agent/socket/secure-channel.ts';
import { Secret } from '../../../../electron/ports/index.ts';
import { frame } from '../../../support/agent-client.ts';

const clientKeys = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(1));
const clientKey = Buffer.from(clientKeys.publicKey).toString('base64');
/** The reference's server: secret 32 × 0x02, nonces 24 × 0x04. */
const ownKey = nativeKey(new Uint8Array(32).fill(2));
const fixedNonce = (): Uint8Array => new Uint8Array(24).fill(4);
const vector = {
  serverKey: 'zo060cy2M+x7cMF4FKXHbs0CloUFDTRHRboFhw5YfVk=',
  request: '19:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD:enK2JE01mh3q9eu1NKoMNpgJDWpaY1/dUCIcVRnCpZiheN0=',
  answer: '20:BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE:Vs/iX1Be6FH2+mi1FrKjIF59iBRwI+2aqw5EWv3ZL2HH+lKT',
};

/** Key agreement takes its time; the same key is agreed on once. */
const opened = new Map<string, ReturnType<typeof openChannel>>();
function openOnce(key: string): ReturnType<typeof openChannel> {
  const known = opened.get(key) ?? openChannel(key, ownKey, fixedNonce);
  opened.set(key, known);
  return known;
}

/** Everything a conversation says when it is fed these pieces. */
function feed(pieces: readonly Buffer[]): readonly Step[] {
  const conversation = new Conversation(openOnce);
  return pieces.flatMap((piece) => {
    const step = conversation.receive(piece);
    return step.kind === 'send' ? [step, conversation.proceed()] : [step];
  });
}

const outcome = (steps: readonly Step[]): string =>
  steps
    .filter(({ kind }) => kind !== 'wait')
    .map((step) => (step.kind === 'request' ? `request ${step.text}` : step.kind))
    .join(', ');

describe('oidc-agent’s encryption', () => {
  it('speaks the reference’s test vector', () => {
    const channel = openChannel(clientKey, ownKey, fixedNonce);
    expect(clientKey).toBe('pOCSkrZRwni5dyxWn1+puxPZBrRqtoyd+dwrRAn4ogk=');
    expect(channel?.publicKey).toBe(vector.serverKey);
    expect(channel?.open(vector.request)).toBe('{"request":"check"}');
    expect(channel?.seal('{"status":"success"}')).toBe(vector.answer);
  });

  it('uses no nonce twice, and asks for random bytes once in a while', () => {
    let asked = 0;
    const next = createNonceSource((bytes) => {
      asked += 1;
      bytes.forEach(
        (_, index) => (bytes[index] = index % 24 < 4 ? (asked >> (8 * (index % 4))) & 255 : index / 24),
      );
    });
    const seen = new Set<string>();
    for (let count = 0; count < 1_000; count += 1) {
      const nonce = next();
      expect(nonce).toHaveLength(24);
      seen.add(Buffer.from(nonce).toString('hex'));
    }
    expect(seen.size).toBe(1_000);
    expect(asked).toBe(8);
    expect(createNonceSource()()).not.toEqual(createNonceSource()());
  });

  it('never sends a multiple of what readers take at once', () => {
    const channel = openChannel(clientKey, ownKey, createNonceSource());
    for (let length = 2_900; length < 3_100; length += 1) {
      const sealed = channel?.seal(JSON.stringify('x'.repeat(length))) ?? '';
      expect(sealed.length % 4096).not.toBe(0);
      expect(sealed.length).toBeGreaterThan(length);
    }
  });

  it('takes a request that arrives in any pieces, and only a whole one', () => {
    const whole = Buffer.from(clientKey + vector.request);
    for (let at = 1; at < whole.length; at += 1) {
      const steps = feed([whole.subarray(0, at), whole.subarray(at)]);
      expect(outcome(steps), `split at ${at}`).toBe('send, request {"request":"check"}');
    }
    expect(outcome(feed(Array.from(whole, (byte) => Buffer.from([byte]))))).toBe(
      'send, request {"request":"check"}',
    );
    expect(outcome(feed([whole.subarray(0, -1)]))).toBe('send');
    expect(outcome(feed([Buffer.from(`${clientKey}\n${vector.request}`)]))).toContain('request');
  });

  it('plain JSON in any pieces, also with letters of several bytes', () => {
    const whole = Buffer.from(' {"request":"lock","password":"ß…🔑"}');
    for (let at = 1; at < whole.length; at += 1) {
      const steps = feed([whole.subarray(0, at), whole.subarray(at)]);
      expect(outcome(steps), `split at ${at}`).toBe(`request ${whole.toString('utf8')}`);
    }
  });

  it('100,000 damaged frames: none is read as a request that was not sent', () => {
    const shared = nacl.box.before(openedKey(), clientKeys.secretKey);
    const text = '{"request":"access_token","account":"a"}';
    const good = clientKey + frame(text, shared, new Uint8Array(24).fill(3));
    const damage = fc.oneof(
      fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
        const bytes = Buffer.from(good, 'latin1');
        bytes[at] = byte;
        return bytes;
      }),
      fc
        .tuple(fc.nat(good.length), fc.nat(6), fc.uint8Array({ maxLength: 6 }))
        .map(([at, cut, put]) =>
          Buffer.concat([
            Buffer.from(good.slice(0, at)),
            Buffer.from(put),
            Buffer.from(good.slice(at + cut)),
          ]),
        ),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(damage, fc.nat(300), (bytes, at) => {
        const cut = Math.min(at, bytes.length);
        const steps = feed([bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0));
        for (const step of steps) {
          if (step.kind !== 'request') continue;
          if (step.encrypted) expect(step.text).toBe(text);
          else expect(() => JSON.parse(step.text) as unknown).not.toThrow();
        }
      }),
      { numRuns: 100_000 },
    );
  }, 180_000);

  function openedKey(): Uint8Array {
    return Buffer.from(vector.serverKey, 'base64');
  }
});

describe('requests', () => {
  it('are read as the clients send them', () => {
    expect(
      readRequest(
        '{"request":"access_token","min_valid_period":"120","account":"kit","application_hint":"oidc-token"}',
      ),
    ).toEqual({
      ok: true,
      request: {
        ...{ kind: 'access_token', account: 'kit', issuer: null, scope: null, audience: null },
        ...{ minValidSeconds: 120, hint: 'oidc-token' },
      },
    });
    expect(
      readRequest(
        '{"request":"access_token","min_valid_period":-1,"issuer":"https://op/","scope":"a b","audience":"x"}',
      ),
    ).toMatchObject({
      request: { issuer: 'https://op/', scope: ['a', 'b'], audience: ['x'], minValidSeconds: null },
    });
    for (const [profile, expected] of [
      ['"night"', 'night'],
      ['"{\\"capabilities\\":[\\"AT\\"]}"', { capabilities: ['AT'] }],
      ['{"capabilities":["AT"]}', { capabilities: ['AT'] }],
      ['""', null],
    ] as const) {
      expect(readRequest(`{"request":"mytoken","account":"kit","mytoken_profile":${profile}}`)).toMatchObject(
        {
          request: { kind: 'mytoken', profile: expected },
        },
      );
    }
  });

  it.each([
    ['[]', 'Bad Request: is not a json object'],
    ['{', 'Bad Request: could not parse json'],
    ['{}', 'Bad Request: No request type.'],
    ['{"request":"fly"}', 'Bad Request: Unknown request type.'],
    ['{"request":"access_token","scope":"a\\u202eb"}', 'Bad Request: invalid scope'],
    ['{"request":"access_token","audience":"x\\u200b"}', 'Bad Request: invalid audience'],
    [
      '{"request":"mytoken","account":"a","mytoken_profile":"{"}',
      'Bad Request: mytoken_profile is neither a name nor a JSON object.',
    ],
  ])('%s is answered as the real agent answers', (text, error) => {
    expect(readRequest(text)).toEqual({ ok: false, error });
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        readRequest(text);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('answers', () => {
  it('a failure always has a text and no percent sign, a success never the member', () => {
    fc.assert(
      fc.property(fc.string(), (error) => {
        const answer = JSON.parse(answerJson({ kind: 'refused', error, info: error })) as Record<
          string,
          string
        >;
        expect(answer['error']).not.toBe('');
        expect(answer['error']).not.toContain('%');
        expect(answer['info']).toMatch(/\n$/);
      }),
    );
    expect(JSON.parse(answerJson({ kind: 'done' }))).toEqual({ status: 'success' });
  });

  it('a mytoken comes with both names of its type', () => {
    const answer = answerJson({
      ...{ kind: 'mytoken', value: new Secret('CODE'), tokenType: 'transfer_code', capabilities: ['AT'] },
      ...{ restrictions: [], expiresAtMs: 5_000, issuer: 'https://op', instanceUrl: 'https://mt' },
    });
    expect(JSON.parse(answer)).toMatchObject({
      ...{ transfer_code: 'CODE', token_type: 'transfer_code', mytoken_type: 'transfer_code', expires_at: 5 },
      ...{ oidc_issuer: 'https://op', mytoken_issuer: 'https://mt' },
    });
  });
});
