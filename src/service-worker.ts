/**
 * Serves the whole app from the device after the first visit. It also adds headers on hosts that cannot send them:
 * isolation, because threads in WebAssembly need it, and the policy, which workers do not get from the page. A new version is fetched in the background and takes over when
 * all tabs are closed: a run is never interrupted by an update.
 */
import { cleanupOutdatedCaches, matchPrecache, precache, type PrecacheEntry } from 'workbox-precaching';
import { ISOLATION_HEADERS, POLICY_HEADER } from '../scripts/lib/headers.mjs';
import { ON_DEMAND_CACHE } from './inference/keep-offline';

declare const self: {
  readonly __WB_MANIFEST: (string | PrecacheEntry)[];
  readonly location: Location;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
};
interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

precache(self.__WB_MANIFEST);
cleanupOutdatedCaches();

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Other origins and unusual requests go their own way.
  if (request.method !== 'GET' || url.origin !== self.location.origin || request.headers.has('range')) return;
  event.respondWith(answer(request, url));
});

async function answer(request: Request, url: URL): Promise<Response> {
  const path =
    request.mode === 'navigate' && url.pathname.endsWith('/') ? `${url.pathname}index.html` : url.pathname;
  const stored = (await matchPrecache(path)) ?? (await (await caches.open(ON_DEMAND_CACHE)).match(request));
  return guarded(stored ?? (await fetch(request)));
}

function guarded(response: Response): Response {
  if (response.type === 'opaque' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION_HEADERS)) headers.set(name, value);
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.set('Content-Security-Policy', POLICY_HEADER);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
