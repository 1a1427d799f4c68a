/** A server that the user added, as it is stored: without its key. */
import * as v from 'valibot';
import { deriveSeed } from '../random';
import { SERVER_REQUESTS } from './capacity';
import type { ModelInfo } from './stored-model';

/** A server that the user added. */
export interface KnownServer {
  /** Of the API, without a slash at the end: `http://localhost:11434/v1`. */
  readonly url: string;
  /** As the server names it. */
  readonly model: string;
  /** A base model is asked for completions, an instruct model for answers in a chat. */
  readonly style: 'base' | 'instruct';
  /** Requests in flight. */
  readonly parallel: number;
  /** Tokens per request. Stored because the number of examples in a prompt depends on it. */
  readonly contextLength: number;
}
/** Tokens; common where servers do not tell. */
export const SERVER_CONTEXT = 4_096;
/** Most requests in flight that a server can be set to. */
export const MOST_SERVER_REQUESTS = 256;

const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const schema: v.GenericSchema<unknown, KnownServer> = v.object({
  url: v.pipe(v.string(), v.maxLength(2_000), v.regex(/^https?:\/\/[^/]/u)),
  model: v.pipe(v.string(), v.minLength(1), v.maxLength(500)),
  style: v.picklist(['base', 'instruct']),
  parallel: v.fallback(whole(1, MOST_SERVER_REQUESTS), SERVER_REQUESTS),
  contextLength: v.fallback(whole(64, 10_000_000), SERVER_CONTEXT),
});

/** The usable servers of a stored list. */
export function knownServers(value: unknown): readonly KnownServer[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) => {
    const read = v.safeParse(schema, entry);
    return read.success ? [read.output] : [];
  });
}

const ID_PREFIX = 'server-';
/** The same server, model and style have the same id, so that a run finds a server that was added again. */
export function serverId({ url, model, style }: Pick<KnownServer, 'url' | 'model' | 'style'>): string {
  return `${ID_PREFIX}${deriveSeed(url, model, style).toString(16).padStart(8, '0')}`;
}
/** Whether an id has the form of a server's id. */
export const isServerId = (id: string): boolean => id.startsWith(ID_PREFIX);

/** Host and port; core knows no URL class. */
const hostOf = (url: string): string => /^https?:\/\/([^/]+)/u.exec(url)?.[1] ?? url;

/** The host is separate from the name: the exported record of a run has only the model's name. */
export const serverInfo = (server: KnownServer): ModelInfo => ({
  id: serverId(server),
  name: server.model,
  engine: 'server',
  origin: 'server',
  style: server.style,
  bytes: null,
  contextLength: server.contextLength,
  licence: null,
  hash: '',
  parallel: server.parallel,
  host: hostOf(server.url),
});
