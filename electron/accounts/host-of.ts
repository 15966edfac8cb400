/** Host name of a URL without the brackets of an IPv6 address; null when it is no URL. */
export function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return null;
  }
}
