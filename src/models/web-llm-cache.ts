/**
 * The caches in which @mlc-ai/web-llm looks for a model's files, and the addresses it asks for them by. What lies there
 * loads without a network; addresses need not exist.
 */
import type { StoredModel } from '../core/models/stored-model';
import { WORDS } from './words';

/** The addresses by which web-llm asks for a model. */
export type WebLlmPlace = NonNullable<StoredModel['webLlm']>;

/** Names of the files of a model for web-llm. */
export const CHAT_CONFIG = 'mlc-chat-config.json';
export const TENSORS = 'tensor-cache.json';
export const LIBRARY = 'library.wasm';

const CONFIG_SCOPE = 'webllm/config';
const LIBRARY_SCOPE = 'webllm/wasm';
const MODEL_SCOPE = 'webllm/model';
const SCOPES = [CONFIG_SCOPE, LIBRARY_SCOPE, MODEL_SCOPE] as const;

/** One entry of a cache. */
export interface CacheKey {
  readonly scope: (typeof SCOPES)[number];
  readonly url: string;
}
/** Files in web-llm's caches that belong to no model of ours: other pages of this address, or a killed tab, left them. */
export interface CacheLeftover {
  /** The address of the model, or of the file itself. */
  readonly name: string;
  readonly keys: readonly CacheKey[];
  readonly bytes: number;
}

/** Pages of plain-http addresses have none. */
const hasCaches = (): boolean => 'caches' in globalThis;

/** web-llm completes a model's address in this way. */
function baseOf(model: string): string {
  const folder = model.endsWith('/') ? model : `${model}/`;
  return new URL(/.+\/resolve\/.+\//u.test(folder) ? folder : `${folder}resolve/main/`).href;
}

/** Where web-llm looks for a file of a model. */
export function cacheKey(place: WebLlmPlace, name: string): CacheKey {
  if (name === LIBRARY) return { scope: LIBRARY_SCOPE, url: place.library };
  const url = new URL(encodeURI(name), baseOf(place.model)).href;
  return { scope: name === CHAT_CONFIG ? CONFIG_SCOPE : MODEL_SCOPE, url };
}

/** Lies on disk. Null when it is not there. */
export async function openCached(key: CacheKey, name: string): Promise<File | null> {
  if (!hasCaches()) return null;
  const response = await (await caches.open(key.scope)).match(key.url);
  return response ? new File([await response.blob()], name) : null;
}

/** @throws QuotaExceededError; NotSupportedError where pages have no caches */
export async function putCached(key: CacheKey, file: Blob): Promise<void> {
  if (!hasCaches()) throw new DOMException(WORDS.webLlm.noCaches, 'NotSupportedError');
  const type = key.scope === LIBRARY_SCOPE ? 'application/wasm' : typeOf(key.url);
  const headers = { 'content-type': type, 'content-length': String(file.size) };
  await (await caches.open(key.scope)).put(key.url, new Response(file, { headers }));
}

export async function removeCached(keys: readonly CacheKey[]): Promise<void> {
  if (!hasCaches()) return;
  await Promise.all(
    keys.map(async ({ scope, url }) => {
      if (await caches.has(scope)) await (await caches.open(scope)).delete(url);
    }),
  );
}

/** @param ours what belongs to stored models, or will */
export async function leftovers(ours: readonly CacheKey[]): Promise<readonly CacheLeftover[]> {
  const known = new Set(ours.map(({ scope, url }) => `${scope} ${url}`));
  const found = new Map<string, { keys: CacheKey[]; bytes: number }>();
  for (const scope of hasCaches() ? SCOPES : []) {
    if (!(await caches.has(scope))) continue;
    const cache = await caches.open(scope);
    for (const request of await cache.keys()) {
      const { url } = request;
      if (known.has(`${scope} ${url}`)) continue;
      const name = scope === LIBRARY_SCOPE ? url : url.replace(/(?:resolve\/[^/]+\/)?[^/]*$/u, '');
      const group = found.get(name) ?? { keys: [], bytes: 0 };
      found.set(name, group);
      group.keys.push({ scope, url });
      group.bytes += (await (await cache.match(request))?.blob())?.size ?? 0;
    }
  }
  return [...found].map(([name, group]) => ({ name, ...group }));
}

const typeOf = (url: string): string =>
  url.endsWith('.json') ? 'application/json' : 'application/octet-stream';

/** An address of our own for what has no other: it need not exist, and web-llm caches what does not begin with localhost. */
export const webLlmAddress = (hash: string, file = ''): string =>
  `https://${hash.slice(0, 32)}.model.invalid/${file}`;
