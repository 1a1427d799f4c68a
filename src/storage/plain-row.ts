/** Earlier versions stored addresses of models as they were given, with what may be a secret in them. */
import { plainAddress } from './plain-address';

/** Settings: an unfinished download by its address, and the address of what is being put together. */
const DOWNLOAD = 'download:';
const STAGING = 'staging:';

/** The key and the row as they are stored today; the same ones when they hold no secret. */
export function plainRow(store: string, key: string, row: unknown): readonly [string, unknown] {
  if (store === 'models') {
    const model = row as { readonly source: string };
    const source = plainAddress(model.source);
    return [key, source === model.source ? row : { ...model, source }];
  }
  if (store !== 'settings') return [key, row];
  if (key.startsWith(DOWNLOAD)) return [DOWNLOAD + plainAddress(key.slice(DOWNLOAD.length)), row];
  return [key, key.startsWith(STAGING) && typeof row === 'string' ? plainAddress(row) : row];
}
