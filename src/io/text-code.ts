/** Bytes as letters, digits, hyphens and underscores (base64url, RFC 4648), to be pasted or put into an address. */

/** Bytes that are turned into characters at once. */
const STEP = 8_192;

export function encodeBytes(bytes: Uint8Array): string {
  let characters = '';
  for (let at = 0; at < bytes.length; at += STEP) {
    characters += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @returns null for a text that holds no bytes */
export function decodeBytes(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]*$/u.test(text)) return null;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
  } catch {
    return null;
  }
}
