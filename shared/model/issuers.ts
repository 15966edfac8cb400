/** Servers and programs disagree about the slash at the end of an issuer; everything else must be equal by the letter. */
export function sameIssuer(a: string, b: string): boolean {
  return withoutSlash(a) === withoutSlash(b);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
