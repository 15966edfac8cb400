/** What a start of the app may ask for. Everything else on the command line belongs to Chromium or is ignored. */
export interface StartRequest {
  readonly show: boolean;
  readonly hidden: boolean;
  readonly quit: boolean;
  readonly status: boolean;
  /** A mytoken server to offer for the first account. */
  readonly prefillInstance: string | null;
}

const prefillFlag = '--prefill-instance=';

/** Parses our own flags out of `argv` (without the executable). Unknown words are Chromium's or noise and are left alone. */
export function parseStartRequest(argv: readonly string[]): StartRequest {
  const prefill = argv.find((word) => word.startsWith(prefillFlag))?.slice(prefillFlag.length) ?? '';
  return {
    show: argv.includes('--show'),
    hidden: argv.includes('--hidden'),
    quit: argv.includes('--quit'),
    status: argv.includes('--status'),
    prefillInstance: isHttpUrl(prefill) ? prefill : null,
  };
}

function isHttpUrl(text: string): boolean {
  return text.length <= 2048 && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
