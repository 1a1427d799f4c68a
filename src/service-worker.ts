/**
 * Serves the whole app from the device after the first visit. It also adds the isolation headers on hosts that cannot
 * send them, because threads in WebAssembly need them. A new version is fetched in the background and takes over when
 * all tabs are closed: a run is never interrupted by an update.
 */
import { cleanupOutdatedCaches, matchPrecache, precache, type PrecacheEntry } from 'workbox-precaching';
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
  return isolated(stored ?? (await fetch(request)));
}

function isolated(response: Response): Response {
  if (response.type === 'opaque' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
