/**
 * Last resort against secrets in texts on their way to a sink. Secrets are wrapped where they live; this catches what slips
 * through in somebody else's message.
 */
type Patterns = readonly (readonly [RegExp, string])[];

const tokens: Patterns = [
  // JWTs and JWEs: base64url of `{"` starts with eyJ.
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}/g, '[token]'],
  // Our own client keys.
  [/\bmtd_[A-Za-z0-9_-]{20,}/g, '[client key]'],
  // Short tokens: 64 letters without l, I and O; servers may choose 32 and more.
  [/\b[A-HJ-NP-Za-km-z]{32,}\b/g, '[token]'],
];
const around: Patterns = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [secret]'],
  // Consent links: whoever sees one can redeem the mytoken (mytoken protocol, "Transfer code, consent code, polling code").
  [/(\/c\/)[A-Za-z]{6,}/g, '$1[code]'],
  [/("(?:access_token|mytoken|refresh_token|polling_code|transfer_code)"\s*:\s*")[^"]*/g, '$1[secret]'],
];

export function scrub(text: string): string {
  return replaced(replaced(text, tokens), around);
}

/** For words that programs choose, where one may have put a token in the place of a name: paths and scopes stay as they are. */
export function scrubTokens(text: string): string {
  return replaced(text, tokens);
}

function replaced(text: string, patterns: Patterns): string {
  return patterns.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);
}
