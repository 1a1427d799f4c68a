/**
 * The real @mlc-ai/web-llm in the app's own worker, under the app's policy, on a GPU in software: up to the
 * point where a model's library is needed, for there is none that the tests could carry.
 */
import { expect, type Page, test } from '@playwright/test';
import { CHROMIUM_FLAGS } from '../scripts/lib/chromium.mjs';
import { App } from './app';

const executablePath = process.env['CHROMIUM_PATH'];
test.use({
  launchOptions: {
    ...(executablePath ? { executablePath } : {}),
    args: [...CHROMIUM_FLAGS, '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  },
});

/** The address of the worker's script, as the app's own script names it. */
async function workerUrl(page: Page): Promise<string> {
  const html = await (await page.request.get('/')).text();
  for (const [, script] of html.matchAll(/<script[^>]*src="\.?([^"]+)"/gu)) {
    const source = await (await page.request.get(script ?? '')).text();
    const [file] = /web-llm\.worker-[\w-]+\.js/u.exec(source) ?? [];
    if (file) return `/assets/${file}`;
  }
  throw new Error('The built app has no worker for web-llm.');
}
const MODEL = 'https://models.invalid/tiny';
/** A WebAssembly module that wants a function which no web-llm provides. */
const FOREIGN = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 16, 1, 3],
  ...Buffer.from('env'),
  8,
  ...Buffer.from('NotThere'),
  ...[0, 0],
];

/** Puts a model's files where the library looks for them. */
const install = (page: Page, library: readonly number[]): Promise<void> =>
  page.evaluate(
    async ({ model, bytes }) => {
      const put = async (scope: string, url: string, body: BodyInit): Promise<void> =>
        (await caches.open(scope)).put(url, new Response(body));
      const config = {
        tokenizer_files: ['tokenizer.json'],
        vocab_size: 3,
        conv_template: { stop_str: [], stop_token_ids: [] },
        context_window_size: 4096,
        sliding_window_size: -1,
        attention_sink_size: -1,
      };
      await put('webllm/config', `${model}/resolve/main/mlc-chat-config.json`, JSON.stringify(config));
      await put('webllm/model', `${model}/resolve/main/tensor-cache.json`, JSON.stringify({ records: [] }));
      await put('webllm/wasm', `${model}.wasm`, Uint8Array.from(bytes));
    },
    { model: MODEL, bytes: library },
  );

/** Asks the app's worker to load the model, in the words of the library that connects both. */
const load = (page: Page, url: string): Promise<{ failure?: { kind: string; detail: string } }> =>
  page.evaluate(
    ({ url, model }) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(url, { type: 'module', name: 'web-llm' });
        worker.onerror = () => reject(new Error('The worker did not start.'));
        worker.onmessage = ({ data }: MessageEvent<{ value: never }>) => {
          worker.terminate();
          resolve(data.value);
        };
        const { port1, port2 } = new MessageChannel();
        port1.start();
        const what = {
          name: 'Tiny-q4f16_1-MLC',
          model,
          library: `${model}.wasm`,
          contextLength: 1024,
          style: 'base',
          prefixes: 4,
        };
        const argumentList = [
          { type: 'RAW', value: what },
          { type: 'HANDLER', name: 'proxy', value: port2 },
        ];
        worker.postMessage({ id: '1', type: 'APPLY', path: ['load'], argumentList }, [port2]);
      }),
    { url, model: MODEL },
  );

test('the library runs in our worker, reads its cache and asks nobody', async ({
  context,
  page,
  baseURL,
}) => {
  const requests: string[] = [];
  const broken: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (/Content.Security.Policy|violates/iu.test(message.text())) broken.push(message.text());
  });
  await new App(page).open();
  const worker = await workerUrl(page);
  // The policy that the worker itself is under.
  const policy = (await page.request.get(worker)).headers()['content-security-policy'];
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  await install(page, FOREIGN);
  const { failure } = await load(page, worker);
  expect(failure).toMatchObject({ kind: 'engine-load-failed' });
  expect(failure?.detail).toContain('another version of web-llm');
  expect(broken).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(baseURL ?? '') && !url.startsWith('blob:'))).toEqual([]);
});

test('a library that is not WebAssembly is told apart from one that does not fit', async ({ page }) => {
  await new App(page).open();
  const worker = await workerUrl(page);
  await install(page, [1, 2, 3, 4]);
  expect((await load(page, worker)).failure?.detail).toContain('not a WebAssembly file');
  // A program that wants nothing also offers nothing.
  await install(page, FOREIGN.slice(0, 8));
  expect((await load(page, worker)).failure).toMatchObject({ kind: 'engine-load-failed' });
});

test('without its files it says so', async ({ page }) => {
  await new App(page).open();
  const worker = await workerUrl(page);
  expect((await load(page, worker)).failure?.detail).toContain('missing on this device');
});

test('it is not fetched with the app, and runs without a network after its first use', async ({
  context,
  page,
}) => {
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  await new App(page).open();
  const worker = await workerUrl(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  expect(requests.filter((url) => url.includes('web-llm.worker'))).toEqual([]);
  await install(page, FOREIGN);
  const first = await load(page, worker);
  // The browser's own cache may forget it at any time.
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache');
  await context.setOffline(true);
  await page.reload();
  await page.waitForFunction(() => 'selfInstruct' in window);
  expect(await load(page, worker)).toEqual(first);
  expect(first.failure?.detail).toContain('another version of web-llm');
});
