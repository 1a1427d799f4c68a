import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appFile } from './app-file';

let server: Server;
let origin: string;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});
const text = (response: Response): Promise<string> => response.text();

it('reads a file to its end', async () => {
  answer = (response) => response.end('all of it');
  expect(await appFile(origin, text)).toBe('all of it');
});

it('that never comes, or stops in the middle with an open connection, is told', async () => {
  const failure = { kind: 'model-file-missing', url: origin, status: null };
  answer = () => undefined;
  await expect(appFile(origin, text, undefined, 5)).rejects.toMatchObject({ failure });
  answer = (response) => response.write('half');
  await expect(appFile(origin, text, undefined, 5)).rejects.toMatchObject({ failure });
});

it('can be stopped while nothing comes', async () => {
  answer = () => undefined;
  const controller = new AbortController();
  const reading = appFile(origin, text, controller.signal);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});
