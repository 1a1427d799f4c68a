/** What a server's refusal means: whether a retry may help, and how it is reported. */
import { AppError, type Failure, type ServerProblem } from '../../core/errors';
import { field } from './fields';
import { WORDS } from '../words';

const SHOWN = 300;
const TOO_LONG =
  /context[ _-]?(length|size|window)|maximum context|prompt is too long|too many (input )?tokens|exceeds? the (available|maximum|model)/iu;

/** A failed attempt. */
export class ServerTrouble extends Error {
  override readonly name = 'ServerTrouble';
  constructor(
    readonly failure: Failure,
    /** Whether trying again may help. */
    readonly passing: boolean,
    /** Milliseconds that the server asks to wait; null when it does not say. */
    readonly waitMs: number | null = null,
    options?: { cause?: unknown },
  ) {
    super(failure.kind, options);
  }
  /** The server is overloaded: all requests should wait, not only this one. */
  get busy(): boolean {
    return this.failure.kind === 'server-failed' && this.failure.problem === 'busy';
  }
  /** The server wrote nothing for too long. */
  get silent(): boolean {
    return this.failure.kind === 'engine-timeout';
  }
  get unreachable(): boolean {
    return this.failure.kind === 'server-failed' && this.failure.problem === 'unreachable';
  }
  asError(): AppError {
    return new AppError(this.failure, { cause: this });
  }
}

/** Builds the troubles of one server; its key is removed from the server's messages. */
export class TroubleReader {
  constructor(
    private readonly url: string,
    private readonly key: () => string | null,
  ) {}

  problem(
    problem: ServerProblem,
    detail: string,
    passing: boolean,
    more: { readonly status?: number; readonly waitMs?: number | null; readonly cause?: unknown } = {},
  ): ServerTrouble {
    const key = this.key();
    const plain = (key ? detail.replaceAll(key, '(key)') : detail)
      .replace(/\s+/gu, ' ')
      .trim()
      .slice(0, SHOWN);
    const failure: Failure = {
      kind: 'server-failed',
      url: this.url,
      status: more.status ?? null,
      problem,
      detail: plain,
    };
    return new ServerTrouble(failure, passing, more.waitMs ?? null, { cause: more.cause });
  }

  /** @param body of an answer that is not ok, at most a few kilobytes of it */
  refusal(status: number, body: string, retryAfter: string | null): ServerTrouble {
    const message = messageIn(body);
    if (TOO_LONG.test(message) && (status === 400 || status === 413 || status === 422 || status === 500)) {
      return new ServerTrouble({ kind: 'prompt-too-long', detail: message.slice(0, SHOWN) }, false);
    }
    const more = { status };
    if (status === 401 || status === 403) return this.problem('key', message, false, more);
    if (status === 404 || status === 405) return this.problem('not-found', message, false, more);
    if (status === 429 || status === 503) {
      return this.problem('busy', message, true, { ...more, waitMs: waitOf(retryAfter) });
    }
    if (status >= 500 || status === 408)
      return this.problem('broken', message || WORDS.server.status(status), true, more);
    return this.problem('refused', message || WORDS.server.status(status), false, more);
  }

  /** An error object inside a stream, or in an answer that calls itself ok. */
  inside(error: unknown): ServerTrouble {
    const code = Number(field(error, 'code') ?? field(error, 'status'));
    const message = messageIn(JSON.stringify({ error }));
    if (code >= 400 && code < 600) return this.refusal(code, JSON.stringify({ error }), null);
    if (TOO_LONG.test(message)) return this.refusal(400, JSON.stringify({ error }), null);
    return this.problem('broken', message, true);
  }
}

/** The message in the forms that servers use; an HTML page has none worth showing. */
function messageIn(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const error = field(value, 'error') ?? value;
    const message = field(error, 'message') ?? field(error, 'detail') ?? field(value, 'detail') ?? error;
    const code = field(error, 'code');
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    return typeof code === 'string' && !text.includes(code) ? `${text} (${code})` : text;
  } catch {
    return body.trimStart().startsWith('<') ? '' : body.slice(0, SHOWN);
  }
}

/** `Retry-After` in seconds or as a date, in milliseconds from now. */
function waitOf(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
