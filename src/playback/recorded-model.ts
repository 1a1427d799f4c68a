/** A model that answers each request of a recorded run as it was answered then, in the time that it took. */
import { AppError } from '../core/errors';
import type {
  Choice,
  Completion,
  CompletionListener,
  CompletionRequest,
  LanguageModel,
  ModelPrompt,
} from '../core/ports';
import type { Timeline } from '../core/recording/timeline';
import type { ModelCall, RunRecord } from '../core/run';
import type { StopSignal } from '../core/signal';
import type { PlaybackClock } from './playback-clock.svelte';
import { WORDS } from './words';

export class RecordedModel implements LanguageModel {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  /** As many exemplars as were asked for; a prompt longer than the recorded one is refused, as the engine did. */
  readonly contextLength = Infinity;
  readonly device = WORDS.device;
  readonly parallel: number;
  readonly style: 'base' | 'instruct';
  /** Absent where types were read from texts. */
  readonly choose?: NonNullable<LanguageModel['choose']>;
  readonly #bySeed: ReadonlyMap<number, ModelCall>;

  constructor(
    { model }: RunRecord,
    calls: readonly ModelCall[],
    private readonly timeline: Timeline,
    private readonly clock: PlaybackClock,
  ) {
    this.id = model.id;
    this.name = model.name;
    this.hash = model.hash;
    this.parallel = timeline.parallel;
    this.style = isContinued(calls) ? 'base' : 'instruct';
    this.#bySeed = new Map(calls.map((call) => [call.seed, call]));
    const decided = calls.filter(({ odds }) => odds !== undefined);
    if (decided.length > 0) {
      const byPrompt = new Map(decided.map((call) => [call.prompt, call]));
      this.choose = (request, _options, signal) => this.#choose(byPrompt.get(sentOf(request)), signal);
    }
  }

  /** @throws AppError not-recorded; prompt-too-long, for a prompt with more exemplars than the recorded one; AbortError */
  async complete(
    request: CompletionRequest,
    signal: StopSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    const call = this.#bySeed.get(request.seed);
    if (!call) throw new AppError({ kind: 'not-recorded' });
    const sent = sentOf(request);
    if (sent !== call.prompt) {
      const longer = sent.length > call.prompt.length;
      throw new AppError(longer ? { kind: 'prompt-too-long', detail: call.id } : { kind: 'not-recorded' });
    }
    const { text, finishReason, promptTokens, cachedTokens, completionTokens } = call;
    let written = 0;
    await this.#wait(call, signal, (share) => {
      const upTo = Math.floor(text.length * share);
      if (upTo > written) listener?.text(text.slice(written, upTo));
      written = Math.max(written, upTo);
    });
    listener?.text(text.slice(written));
    return { text, finishReason, promptTokens, cachedTokens, completionTokens };
  }

  async #choose(call: ModelCall | undefined, signal: StopSignal): Promise<Choice> {
    // A type that was read from a text is asked for again, as a text.
    if (!call?.odds) return { probabilities: [0, 0], promptTokens: 0, cachedTokens: 0 };
    await this.#wait(call, signal, () => undefined);
    const { odds, promptTokens, cachedTokens } = call;
    return { probabilities: [odds.yes, odds.no], promptTokens, cachedTokens };
  }

  #wait(call: ModelCall, signal: StopSignal, tell: (share: number) => void): Promise<void> {
    const { from, to } = this.timeline.spans.get(call.id) ?? { from: 0, to: 0 };
    return this.clock.wait(from, to, tell, signal);
  }
}

const sentOf = ({ prompt, turns }: ModelPrompt): string =>
  turns ? `${turns.system}\n\n${turns.user}` : prompt;

/** The number of the next task, in either form of the list. */
const NEXT_TASK = /(?:^|\n)(?:Task \d+:|\d+\.)$/u;
/** A list to be continued ends with the number of its next task; turns end with what to do. */
const isContinued = (calls: readonly ModelCall[]): boolean =>
  calls.every(({ stage, prompt }) => stage !== 'instructions' || NEXT_TASK.test(prompt));
