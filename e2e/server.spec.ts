import { expect, test } from '@playwright/test';
import { OpenAiServer, refuse, stream } from '../src/testing/openai-server';
import { scriptedText } from '../src/testing/scripted-model';
import { App } from './app';

const SECRET = 'sk-never-to-be-stored';
/** Continues our prompts as a small model would. */
const answers = stream(({ body }) =>
  scriptedText({
    prompt: String(body['prompt']),
    seed: Number(body['seed']),
    maxTokens: Number(body['max_tokens']),
    temperature: 0,
    topP: 1,
    frequencyPenalty: 0,
    presencePenalty: 0,
    stop: [],
  }),
);
const known = (url: string) =>
  ({ url, model: 'tiny', style: 'base', parallel: 5, contextLength: 2048 }) as const;

let server: OpenAiServer;
test.beforeEach(async () => {
  server = await OpenAiServer.open(answers);
});
test.afterEach(() => server.close());

test('a run on a server asks that host and no other, says so, and never stores the key', async ({
  context,
  page,
  baseURL,
}) => {
  const hosts = new Set<string>();
  context.on('request', (request) => {
    if (!request.url().startsWith('blob:')) hosts.add(new URL(request.url()).host);
  });
  const app = new App(page);
  await app.open('generate');
  expect([...hosts]).toEqual([new URL(baseURL ?? '').host]);
  const model = await page.evaluate(([server, key]) => window.selfInstruct.addServer(server, key), [
    known(server.url),
    SECRET,
  ] as const);
  const { host } = new URL(server.url);
  const rail = page.getByRole('complementary', { name: 'Screens' });
  await expect(rail.getByText('Nothing leaves this tab')).toBeVisible();
  await page.getByLabel('Model', { exact: true }).selectOption(model);
  await expect(rail.getByText(`Texts go to ${host}`)).toBeVisible();
  await expect(page.getByLabel('Requests per round')).toHaveValue('5');

  // The first round is answered when all of it is there.
  const round = async (): Promise<void> => {
    while (server.asked.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  for (let i = 0; i < 5; i++) {
    server.script.push(async (asked, response) => {
      await round();
      await answers(asked, response);
    });
  }
  await app.startRun({ target: 6, seed: 3, model });
  await app.untilStatus('finished');
  expect(server.asked.length).toBeGreaterThan(10);
  expect(server.mostInFlight).toBe(5);
  for (const { headers } of server.asked) {
    expect(headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(headers.referer).toBeUndefined();
  }
  expect([...hosts].sort()).toEqual([new URL(baseURL ?? '').host, host].sort());

  // The same seed and the same answers give the same data set, whatever finishes first.
  const first = await app.dataset();
  await app.startRun({ target: 6, seed: 3, model });
  await app.untilStatus('finished');
  expect(await app.dataset()).toBe(first);

  const stored = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('self-instruct');
      request.onsuccess = () => resolve(request.result);
    });
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names);
    const rows = names.map(
      (name) =>
        new Promise<unknown[]>((resolve) => {
          const request = transaction.objectStore(name).getAll() as IDBRequest<unknown[]>;
          request.onsuccess = () => resolve(request.result);
        }),
    );
    return JSON.stringify([
      await Promise.all(rows),
      Object.entries(localStorage),
      Object.entries(sessionStorage),
    ]);
  });
  expect(stored).toContain(server.url);
  expect(stored).not.toContain(SECRET);

  // After a reload the server is still known, and its key is not.
  await page.reload();
  await expect(rail.getByText(`Texts go to ${host}`)).toBeVisible();
  await app.startRun({ target: 1, seed: 4, model });
  await app.untilStatus('finished');
  expect(server.asked.at(-1)?.headers.authorization).toBeUndefined();
});

test('a server that does not allow this page, or wants a key, is told plainly', async ({ page }) => {
  const app = new App(page);
  await app.open('generate');
  const model = await page.evaluate((server) => window.selfInstruct.addServer(server), known(server.url));
  server.allowsPages = false;
  await app.startRun({ target: 2, seed: 1, model });
  await app.untilStatus('failed');
  await expect(page.getByRole('alert')).toContainText('OLLAMA_ORIGINS');
  server.allowsPages = true;
  server.otherwise = refuse(401, { error: { message: 'no key' } });
  await app.resumeRun();
  await app.untilStatus('failed');
  await expect(page.getByRole('alert')).toContainText('does not accept the API key (status 401)');
  server.otherwise = answers;
  await app.resumeRun();
  await app.untilStatus('finished');
});
