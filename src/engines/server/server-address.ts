/** Addresses of OpenAI-compatible servers, as users type them. */
import { AppError } from '../../core/errors';
import { WORDS } from '../words';

const ENDPOINT = /\/(chat\/completions|completions|models|embeddings)$/u;
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.+\.localhost)$/u;

/**
 * The base address of the API: the part before `/models` and `/completions`. A host alone gets `/v1`. User names,
 * passwords and the query are removed, because they may be secrets and this is stored.
 * @throws AppError bad-file for anything that is not a web address
 */
export function serverAddress(typed: string): string {
  const text = typed.trim();
  const local = /^(localhost|127\.|\[::1\]|192\.168\.|10\.)/u.test(text);
  const whole = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `${local ? 'http' : 'https'}://${text}`;
  let url: URL;
  try {
    url = new URL(whole);
  } catch (error) {
    throw notAnAddress(error);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw notAnAddress();
  const path = url.pathname.replace(/\/+$/u, '').replace(ENDPOINT, '');
  return url.origin + (path === '' ? '/v1' : path);
}

const notAnAddress = (cause?: unknown): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.server.notAddress }, { cause });

/** A page loaded over https cannot call an http server, unless that is on the same computer. */
export const isMixedContent = (url: string, pageProtocol: string | undefined): boolean => {
  const { protocol, hostname } = new URL(url);
  return pageProtocol === 'https:' && protocol === 'http:' && !LOCAL.test(hostname);
};
