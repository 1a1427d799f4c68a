/**
 * Large workers that most users never need are not fetched with the app. Once one has run, it is stored on the device, so
 * that it runs offline from then on; the service worker reads this cache.
 */
export const ON_DEMAND_CACHE = 'self-instruct-on-demand';
/** `name.worker-Hash1234.js` */
const HASHED = /^(.*\/)([\w.-]+)-[\w-]{8}\.js$/u;

/** Stores a script under its address and drops its older versions. Does nothing where pages have no caches. */
export async function keepOffline(scriptUrl: string): Promise<void> {
  const url = new URL(scriptUrl);
  const [, folder, stem] = HASHED.exec(url.pathname) ?? [];
  // Without a hash in its name it is not of a built app and may change.
  if (!('caches' in globalThis) || folder === undefined || stem === undefined) return;
  const cache = await caches.open(ON_DEMAND_CACHE);
  if (!(await cache.match(url.href))) await cache.add(url.href);
  for (const request of await cache.keys()) {
    const other = HASHED.exec(new URL(request.url).pathname);
    if (other?.[1] === folder && other[2] === stem && request.url !== url.href) await cache.delete(request);
  }
}
