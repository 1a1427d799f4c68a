/** One request to a server, from address to the pieces of its answer. What goes wrong becomes a `ServerTrouble`. */
import { isMixedContent } from './server-address';
import type { StallWatch } from '../../io/stall-watch';
import { ServerTrouble, type TroubleReader } from './server-trouble';
import { WORDS } from '../words';

/** Of an answer that says no. */
const MOST_REFUSAL_CHARACTERS = 20_000;

/** One HTTP request to a server. */
export interface ServerCall {
  readonly url: string;
  readonly key: string | null;
  /** Sent as JSON; without it the request is a GET. */
  readonly body?: unknown;
}

/** The protocol of the page this runs in; undefined outside of a page. */
const pageProtocol = (): string | undefined =>
  (globalThis as { readonly location?: { readonly protocol: string } }).location?.protocol;

/**
 * @returns the response, when it is ok. Cookies and referrer are not sent, and redirects are not followed: texts go only
 * to the host that the user named.
 * @throws ServerTrouble; AbortError when the watch's outer signal aborted
 */
export async function askServer(
  call: ServerCall,
  watch: StallWatch,
  troubles: TroubleReader,
): Promise<Response> {
  if (isMixedContent(call.url, pageProtocol())) {
    throw troubles.problem('mixed-content', WORDS.server.mixedContent, false);
  }
  const headers: Record<string, string> = { Accept: 'application/json, text/event-stream' };
  if (call.key) headers['Authorization'] = `Bearer ${call.key}`;
  const options: RequestInit = {
    headers,
    signal: watch.signal,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    redirect: 'error',
  };
  if (call.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    Object.assign(options, { method: 'POST', body: JSON.stringify(call.body) });
  }
  let response: Response;
  try {
    response = await fetch(call.url, options);
  } catch (error) {
    throw interrupted(error, watch, troubles, 'unreachable');
  }
  if (response.ok) return response;
  let body = '';
  await readText(response, watch, troubles, (piece) => {
    body += piece;
    return body.length < MOST_REFUSAL_CHARACTERS;
  });
  throw troubles.refusal(response.status, body, response.headers.get('retry-after'));
}

/**
 * Reads the body as text, characters kept whole over the borders of its pieces.
 * @param onPiece returns false when it has enough
 * @throws ServerTrouble when the body breaks off
 */
export async function readText(
  response: Response,
  watch: StallWatch,
  troubles: TroubleReader,
  onPiece: (piece: string) => boolean,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (!onPiece(decoder.decode(part.value, { stream: true }))) {
        await reader.cancel();
        return;
      }
    }
    onPiece(decoder.decode());
  } catch (error) {
    if (error instanceof ServerTrouble) {
      reader.cancel().catch(() => undefined);
      throw error;
    }
    throw interrupted(error, watch, troubles, 'broken');
  }
}

/** What a rejected fetch or read means. Browsers do not distinguish a server that is off from one that forbids this page. */
function interrupted(
  cause: unknown,
  watch: StallWatch,
  troubles: TroubleReader,
  problem: 'unreachable' | 'broken',
): Error {
  if (watch.stalled) return new ServerTrouble({ kind: 'engine-timeout', seconds: watch.seconds }, true);
  if (watch.signal.aborted) return new DOMException('Stopped', 'AbortError');
  const detail = problem === 'broken' ? WORDS.server.connectionLost : WORDS.server.noAnswer;
  return troubles.problem(problem, detail, true, { cause });
}
