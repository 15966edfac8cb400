import { DomainError } from '../../shared/errors.ts';

export interface ExternalRules {
  /** Exact origins of mytoken servers the user chose; the only ones that may be plain http or IP literals. */
  readonly knownOrigins: () => readonly string[];
}

const ipLiteral = /^(?:\[.*\]|\d{1,3}(?:\.\d{1,3}){3})$/;

/**
 * Whether a URL may be handed to the system's browser: https without credentials to a name, or the exact origin of a server the
 * user configured himself. Anything else, above all other schemes, could start any program.
 */
export function mayOpen(url: string, { knownOrigins }: ExternalRules): boolean {
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') return false;
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return false;
  if (knownOrigins().includes(parsed.origin)) return true;
  return parsed.protocol === 'https:' && !ipLiteral.test(parsed.hostname);
}

export interface ExternalOpener {
  /** Throws `mytoken/url-not-allowed` or `login/browser-failed`. */
  open(url: string): Promise<void>;
}

/** The only way to the system's browser. `open` is Electron's `shell.openExternal`. */
export function createExternalOpener(
  open: (url: string) => Promise<void>,
  rules: ExternalRules,
): ExternalOpener {
  return {
    async open(url) {
      if (!mayOpen(url, rules)) {
        throw new DomainError('mytoken/url-not-allowed', 'This address is not opened in the browser.');
      }
      try {
        await open(url);
      } catch (cause) {
        throw new DomainError('login/browser-failed', 'The browser could not be started.', {
          retryable: true,
          cause,
        });
      }
    },
  };
}
