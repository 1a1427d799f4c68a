/**
 * What browsers keep from pages that came over plain http from another computer, and what takes its place here. Without a
 * place taken: threads, WebGPU, the copy for offline use (service worker), storage that is not cleared, the clipboard; the
 * screens say so. Files are then kept in the database (storage/database-folder.ts).
 */
import { ChannelLocks } from './channel-locks';

/** To be called before anything else. Does nothing where nothing is missing. */
export function replaceMissing(): void {
  const { randomUUID } = crypto as { readonly randomUUID?: () => string };
  if (!randomUUID) Object.defineProperty(crypto, 'randomUUID', { value: randomId });
  const { locks } = navigator as { readonly locks?: LockManager };
  if (!locks) Object.defineProperty(navigator, 'locks', { value: new ChannelLocks() });
}

/** A random UUID (version 4, RFC 9562). */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [8, 12, 16, 20, 32].map((end, i) => hex.slice([0, 8, 12, 16, 20][i], end)).join('-');
}
