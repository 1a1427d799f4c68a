/** Serves the built app: what `npm start`, the headless run and the end-to-end tests all use. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { HEADERS } from './headers.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

async function answer(root, request, response) {
  const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  const file = normalize(join(root, path.endsWith('/') ? `${path}index.html` : path));
  const found = file.startsWith(root + sep) && (await stat(file).catch(() => null));
  if (!found || !found.isFile() || !['GET', 'HEAD'].includes(request.method)) {
    response.writeHead(found ? 405 : 404, { ...HEADERS, 'Content-Type': 'text/plain' }).end('Not found\n');
    return;
  }
  // Files in assets/ carry a hash in their name.
  const cache = path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': found.size,
    'Cache-Control': cache,
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file).pipe(response);
}

/** Starts on `port`, or on the next free one; 0 takes any. Resolves with the address and the way to stop. */
export async function serve(root, { port = 0, host = 'localhost' } = {}) {
  const server = createServer((request, response) => {
    answer(root, request, response).catch(() => response.writeHead(400, HEADERS).end());
  });
  for (let wanted = port; ; wanted++) {
    const error = await new Promise((resolve) => {
      server.once('error', resolve);
      server.listen(wanted, host, () => resolve(null));
    });
    if (!error) break;
    if (error.code !== 'EADDRINUSE' || wanted - port >= 20) throw error;
  }
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return {
    url: `http://${name}:${server.address().port}/`,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
