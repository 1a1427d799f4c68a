import { afterEach, expect, it } from 'vitest';
import { keepOffline, ON_DEMAND_CACHE } from './keep-offline';

const url = (name: string): string => new URL(`/assets/${name}`, location.href).href;
const kept = async (): Promise<string[]> => {
  const cache = await caches.open(ON_DEMAND_CACHE);
  return (await cache.keys()).map((request) => new URL(request.url).pathname).sort();
};
afterEach(() => caches.delete(ON_DEMAND_CACHE));

it('keeps the newest version of a script and leaves others alone', async () => {
  const cache = await caches.open(ON_DEMAND_CACHE);
  for (const name of [
    'web-llm.worker-Old_1234.js',
    'web-llm.worker-New-5678.js',
    'other.worker-Old_1234.js',
  ]) {
    await cache.put(url(name), new Response('script'));
  }
  await keepOffline(url('web-llm.worker-New-5678.js'));
  expect(await kept()).toEqual(['/assets/other.worker-Old_1234.js', '/assets/web-llm.worker-New-5678.js']);
});
it('keeps nothing whose name does not change with its content', async () => {
  await keepOffline(url('web-llm.worker.js'));
  await keepOffline(new URL('/src/inference/web-llm.worker.ts?type=module&worker_file', location.href).href);
  expect(await kept()).toEqual([]);
});
