/**
 * Stores the first answer of a model on a device and compares it before later runs: a new driver or browser may give other
 * results without an error. Where the right answer is unknown, it must at least stay the same.
 */
import { GREEDY } from '../core/run';
import * as v from 'valibot';
import { AppError } from '../core/errors';
import type { LanguageModel, SettingStore } from '../core/ports';
import type { StopSignal } from '../core/signal';
import { WORDS } from './words';

const PROMPT = 'Come up with a series of tasks:\n\nTask 1: Name three colors.\nTask 2:';
const MAX_TOKENS = 12;
const Answers = v.record(v.string(), v.string());

export class RememberedAnswers {
  /** A model's different answer: when the user tries again and gets the same one, it is stored. */
  readonly #refused = new Map<string, string>();

  constructor(private readonly settings: SettingStore) {}

  /**
   * Asks once, greedily. The first time the answer is kept; later it must be the same. Another one is refused once: a
   * new driver rounds in a new way and stays with it, a broken device gives something else each time.
   * @param engine name and version of what computes
   * @throws AppError self-test-failed when it is another answer, or none that a model gives; and those of the model and
   * store; AbortError
   */
  async check(
    model: Pick<LanguageModel, 'hash' | 'device' | 'complete'>,
    engine: string,
    signal: StopSignal,
  ): Promise<void> {
    const request = {
      prompt: PROMPT,
      maxTokens: MAX_TOKENS,
      ...GREEDY,
      stop: [],
      seed: 1,
    };
    const { text } = await model.complete(request, signal);
    const place = `${engine}, ${model.device}`;
    const before = answersIn(await this.settings.setting(keyOf(model.hash)))[place];
    if (before === text) return;
    if (isBroken(text))
      throw new AppError({ kind: 'self-test-failed', expected: WORDS.failures.text, got: text });
    const key = `${model.hash} ${place}`;
    if (before !== undefined && this.#refused.get(key) !== text) {
      this.#refused.set(key, text);
      throw new AppError({ kind: 'self-test-failed', expected: before, got: text });
    }
    await this.settings.changeSetting(keyOf(model.hash), (stored) => ({
      ...answersIn(stored),
      [place]: text,
    }));
  }
}

function answersIn(stored: unknown): v.InferOutput<typeof Answers> {
  const checked = v.safeParse(Answers, stored);
  return checked.success ? checked.output : {};
}

const keyOf = (modelHash: string): string => `known-answers:${modelHash}`;

/** Typical of broken arithmetic: no text, or one character repeated. */
function isBroken(text: string): boolean {
  const signs = new Set(text.replaceAll(/\s/gu, ''));
  return signs.size === 0 || (signs.size === 1 && text.trim().length > 3);
}
