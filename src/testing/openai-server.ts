/**
 * A small real server of the OpenAI interface for tests: it lists models, streams as the standard says, and does wrong on
 * demand. The text it gives follows from prompt and seed alone.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}
export type Reply = (asked: Asked, response: ServerResponse) => void | Promise<void>;

/** As servers do that allow every page. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-expose-headers': 'retry-after',
};

export class OpenAiServer {
  /** Whether pages of other origins may ask it. */
  allowsPages = true;
  readonly asked: Asked[] = [];
  mostInFlight = 0;
  #inFlight = 0;
  /** Replies to the next requests, in order; afterwards `otherwise`. */
  readonly script: Reply[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
    public otherwise: Reply,
  ) {}

  static async open(otherwise: Reply = stream('fine')): Promise<OpenAiServer> {
    const server = createServer((request, response) => void own.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const own = new OpenAiServer(server, `http://127.0.0.1:${port}/v1`, otherwise);
    return own;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.allowsPages) for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    let text = '';
    for await (const part of request) text += String(part);
    const body = (text === '' ? {} : JSON.parse(text)) as Asked['body'];
    const asked = { path: request.url ?? '', headers: request.headers, body };
    this.asked.push(asked);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.#inFlight);
    response.on('close', () => this.#inFlight--);
    await (this.script.shift() ?? this.otherwise)(asked, response);
  }
}

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

export interface StreamOptions {
  readonly finish?: string | null;
  readonly usage?: unknown;
  readonly done?: boolean;
  /** Bytes of each piece sent; characters and events are cut wherever it falls. */
  readonly pieces?: number;
}

/** The events of one answer, one for each character, in the layout of the path that was asked. */
export function events(path: string, text: string, options: StreamOptions = {}): string {
  const { finish = 'stop', usage = { prompt_tokens: 7, completion_tokens: 3 }, done = true } = options;
  const chat = path.endsWith('/chat/completions');
  const choice = (piece: string): unknown =>
    chat ? { index: 0, delta: { content: piece } } : { index: 0, text: piece };
  const lines = [': a comment, as servers send to keep a connection open\n\n'];
  for (const character of text) lines.push(event({ choices: [choice(character)], usage: null }));
  if (finish !== null) {
    lines.push(event({ choices: [{ ...(choice('') as object), finish_reason: finish }], usage: null }));
  }
  if (usage !== null) lines.push(event({ choices: [], usage }));
  if (done) lines.push('data: [DONE]\n\n');
  return lines.join('');
}

export const stream =
  (text: string | ((asked: Asked) => string), options: StreamOptions = {}): Reply =>
  async (asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const whole = typeof text === 'string' ? text : text(asked);
    const bytes = Buffer.from(events(asked.path, whole, options));
    const size = options.pieces ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      response.write(bytes.subarray(at, at + size));
      if (size < bytes.length) await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };

export const refuse =
  (
    status: number,
    body: unknown = { error: { message: 'no' } },
    headers: Record<string, string> = {},
  ): Reply =>
  (_asked, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** One JSON text, from a server that does not stream. */
export const whole =
  (value: unknown, type = 'application/json'): Reply =>
  (_asked, response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };

/** Begins to stream and cuts the connection. */
export const cut =
  (text: string): Reply =>
  (asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(events(asked.path, text, { finish: null, usage: null, done: false }), () =>
      response.destroy(),
    );
  };

/** Never ends: the same again and again, after a beginning, until the other side has enough. */
export const endless =
  (again: string, begin = '', type = 'text/event-stream'): Reply =>
  (_asked, response) => {
    response.writeHead(200, { 'content-type': type });
    response.write(begin);
    const timer = setInterval(() => response.write(again), 1);
    response.on('close', () => clearInterval(timer));
  };

/** Says nothing, or begins and then says nothing more. */
export const silent =
  (begin = ''): Reply =>
  (_asked, response) => {
    if (begin === '') return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(begin);
  };
