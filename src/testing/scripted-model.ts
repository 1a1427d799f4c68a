/**
 * A language model without weights: what it answers follows from prompt and seed alone, in the forms that small models
 * write, good and bad. Hooks decide when it answers and when it fails.
 */
import type {
  Choice,
  Completion,
  CompletionListener,
  CompletionRequest,
  LanguageModel,
  PromptProgress,
} from '../core/ports';
import { Random, deriveSeed } from '../core/random';
import type { StopSignal } from '../core/signal';

const VERBS = 'Describe Count Invent Compare Sort Rename Praise Explain Mix Repair'.split(' ');
const THINGS = 'river engine poem soup garden letter clock bridge song planet shoe'.split(' ');
const ENDS = 'for a child|in two sentences|before the winter|with a friend|after dinner|at school'.split('|');
const BAD = [
  'Draw a map of the town.',
  'Sing.',
  '! Shout it very loudly now.',
  'Write a program that adds numbers.',
  'Écris une phrase très courte.',
  '',
];
const NUMBERS = [
  (n: number) => `Task ${n}: `,
  (n: number) => `${n}. `,
  (n: number) => `${n} . `,
  (n: number) => `${n}) `,
];

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T;

function instructions(random: Random): string {
  const count = 1 + random.below(6);
  const number = pick(random, NUMBERS);
  const items = Array.from({ length: count }, () =>
    random.next() < 0.25
      ? pick(random, BAD)
      : `${pick(random, VERBS)} the ${pick(random, THINGS)} and the ${pick(random, THINGS)} ${pick(random, ENDS)}.`,
  );
  return ` ${items.map((item, i) => (i === 0 ? item : `\n${number(9 + i)}${item}`)).join('')}`;
}

function instances(random: Random, outputFirst: boolean): string {
  const count = random.below(7);
  const one = (i: number): string => {
    const input = random.next() < 0.3 ? '' : pick(random, THINGS);
    const output = random.next() < 0.1 ? '' : pick(random, [...ENDS, 'yes', 'no']);
    if (outputFirst) return `Class label: ${output}\nInput: ${input}`;
    return `Example ${i + 1}\n${input ? `Input: ${input}\n` : ''}Output: ${output}`;
  };
  return Array.from({ length: count }, (_, i) => one(i)).join('\n');
}

/** The default script. */
export function scriptedText({ prompt, seed }: CompletionRequest): string {
  const random = new Random(deriveSeed(seed, prompt));
  if (prompt.endsWith('Classification:')) return random.next() < 0.4 ? ' Yes' : ' No';
  if (prompt.startsWith('For each')) return instances(random, prompt.includes('Class label:'));
  return instructions(random);
}

export interface Script {
  readonly named?: Pick<LanguageModel, 'id' | 'name' | 'hash'>;
  readonly contextLength?: number;
  readonly parallel?: number;
  readonly style?: 'base' | 'instruct';
  /** Makes it a model that tells probabilities. */
  readonly choice?: (prompt: string, options: readonly string[]) => Choice;
  readonly text?: (request: CompletionRequest) => string;
  readonly finishReason?: (request: CompletionRequest) => 'stop' | 'length';
  /** Told of the prompt before anything is awaited. */
  readonly reading?: PromptProgress;
  /** Awaited before each answer; what it throws, the call throws. `number` counts calls from 1. */
  readonly before?: (number: number, request: CompletionRequest) => Promise<void> | void;
}

export class ScriptedModel implements LanguageModel {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly device = 'a script';
  readonly contextLength: number;
  readonly parallel: number;
  readonly style: 'base' | 'instruct';
  readonly choose?: NonNullable<LanguageModel['choose']>;
  calls = 0;
  inFlight = 0;
  mostInFlight = 0;
  constructor(private readonly script: Script = {}) {
    const { id, name, hash } = script.named ?? { id: 'scripted', name: 'Scripted', hash: '00' };
    this.id = id;
    this.name = name;
    this.hash = hash;
    this.contextLength = script.contextLength ?? 512;
    this.parallel = script.parallel ?? 4;
    this.style = script.style ?? 'base';
    const { choice } = script;
    if (choice) this.choose = ({ prompt }, options) => Promise.resolve(choice(prompt, options));
  }

  async complete(
    request: CompletionRequest,
    signal: StopSignal,
    listener?: CompletionListener,
  ): Promise<Completion> {
    signal.throwIfAborted();
    const number = ++this.calls;
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    try {
      if (this.script.reading) listener?.reading?.(this.script.reading);
      await this.script.before?.(number, request);
      signal.throwIfAborted();
      const text = (this.script.text ?? scriptedText)(request);
      const half = text.length >> 1;
      listener?.text(text.slice(0, half));
      listener?.text(text.slice(half));
      const random = new Random(deriveSeed(request.seed, 'finish', request.prompt));
      return {
        text,
        finishReason: this.script.finishReason?.(request) ?? (random.next() < 0.2 ? 'length' : 'stop'),
        promptTokens: request.prompt.length >> 2,
        cachedTokens: request.prompt.length >> 3,
        completionTokens: text.length >> 2,
      };
    } finally {
      this.inFlight--;
    }
  }
}
