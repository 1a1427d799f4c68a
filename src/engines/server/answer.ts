/**
 * Assembles one answer from what a server sends: events of a stream, or one JSON text from servers that do not stream.
 * Completions and chats differ only in where the text is.
 */
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { Completion } from '../../core/ports';
import { StopHold, cutAtStop } from '../stop-hold';
import { field, tokenCount } from './fields';
import type { TroubleReader } from './server-trouble';
import { WORDS } from '../words';

/** Characters of one line in the stream, and of an answer that is not streamed. */
export const MOST_CHARACTERS = 8_000_000;
/** A token is rarely longer; a server that ignores the limit of tokens is cut off here. */
const CHARACTERS_PER_TOKEN = 32;

/** Collects one completion from the pieces of a response. */
export class ServerAnswer {
  readonly #parser: EventSourceParser;
  readonly #hold: StopHold;
  #text = '';
  /** Characters of what it thought before it answered. */
  #thought = 0;
  #finish: 'stop' | 'length' | null = null;
  #usage: unknown = null;
  #done = false;
  #tooLong = false;

  constructor(
    private readonly stop: readonly string[],
    private readonly maxTokens: number,
    private readonly troubles: TroubleReader,
    private readonly onText: (delta: string) => void,
  ) {
    this.#hold = new StopHold(stop);
    this.#parser = createParser({
      onEvent: ({ data }) => this.#event(data),
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#tooLong = true;
      },
      maxBufferSize: MOST_CHARACTERS,
    });
  }

  /** Whether the server counted tokens. */
  get counted(): boolean {
    return this.#usage !== null;
  }
  /** Whether there is nothing more to wait for. */
  get complete(): boolean {
    return this.#done;
  }

  /** Whether the server said how the answer ended; figures may still come. */
  get finished(): boolean {
    return this.#finish !== null;
  }
  /** Characters that the model wrote so far, with those of its thoughts. */
  get written(): number {
    return this.#text.length + this.#thought;
  }

  /** A piece of an event stream. @throws ServerTrouble */
  feed(piece: string): void {
    this.#parser.feed(piece);
    if (this.#tooLong) throw this.troubles.problem('broken', WORDS.server.longEvent, false);
  }

  /** An answer that is not an event stream, as a whole. @throws ServerTrouble */
  whole(body: string): void {
    // Some servers stream without the content type of a stream.
    if (/^\s*(data|event|id|:)/u.test(body)) {
      this.feed(`${body}\n\n`);
      return;
    }
    this.#event(body);
    this.#finish ??= 'stop';
  }

  /** @throws ServerTrouble when the answer broke off */
  end(): Completion {
    // Without a finish reason the answer is complete only when the server sent [DONE].
    const finishReason = this.#finish ?? (this.#done ? 'stop' : null);
    if (finishReason === null) throw this.troubles.problem('broken', WORDS.server.brokeOff, true);
    const text = cutAtStop(this.#text, this.stop);
    const rest = this.#hold.end(text);
    if (rest !== '') this.onText(rest);
    return {
      text,
      finishReason: text.length < this.#text.length ? 'stop' : finishReason,
      promptTokens: tokenCount(field(this.#usage, 'prompt_tokens')),
      cachedTokens: tokenCount(field(field(this.#usage, 'prompt_tokens_details'), 'cached_tokens')),
      completionTokens: tokenCount(field(this.#usage, 'completion_tokens')),
    };
  }

  #event(data: string): void {
    if (this.#done) return;
    if (data.trim() === '[DONE]') {
      this.#done = true;
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch (cause) {
      const detail = WORDS.server.unknownForm(data);
      throw this.troubles.problem('broken', detail, true, { cause });
    }
    const error = field(value, 'error');
    if (error !== undefined && error !== null) throw this.troubles.inside(error);
    this.#usage = field(value, 'usage') ?? this.#usage;
    const choice = field(field(value, 'choices'), 0);
    const piece =
      field(choice, 'text') ??
      field(field(choice, 'delta'), 'content') ??
      field(field(choice, 'message'), 'content');
    if (typeof piece === 'string' && piece !== '') this.#add(piece);
    else
      this.#think(
        field(field(choice, 'delta'), 'reasoning_content') ?? field(field(choice, 'delta'), 'reasoning'),
      );
    const reason = field(choice, 'finish_reason');
    // An answer cut by a filter is as unfinished as one cut by length.
    if (typeof reason === 'string') {
      this.#finish ??= ['length', 'max_tokens', 'content_filter'].includes(reason) ? 'length' : 'stop';
    }
  }

  #add(piece: string): void {
    this.#text += piece;
    const shown = this.#hold.add(piece);
    if (shown !== '') this.onText(shown);
    if (cutAtStop(this.#text, this.stop).length < this.#text.length) {
      this.#finish = 'stop';
      this.#done = true;
    } else this.#limit();
  }

  /** Models that think first say so in fields of their own; it is not part of the answer. */
  #think(thought: unknown): void {
    if (typeof thought !== 'string') return;
    this.#thought += thought.length;
    this.#limit();
  }

  #limit(): void {
    if (this.written <= this.maxTokens * CHARACTERS_PER_TOKEN) return;
    this.#finish = 'length';
    this.#done = true;
  }
}
