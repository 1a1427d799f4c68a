/**
 * An address without what may be a secret in it: user name, password, query and fragment. What is stored and shown of an
 * address is this; the request alone gets the whole of it. Anything else than an address stays as it is.
 */
export function plainAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  plain.search = '';
  plain.hash = '';
  return plain.href;
}
