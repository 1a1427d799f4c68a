/** How long tasks take on this computer: estimated for any model of the list from one short request to a model that is here. */
import * as v from 'valibot';
import { answerTokens } from '../prompts/fit';
import { instructionPrompt } from '../prompts/instruction-prompt';
import type { LanguageModel } from '../ports';
import { deriveSeed, Random } from '../random';
import type { RunConfig } from '../run';
import type { StopSignal } from '../signal';

/** Times are told for so many accepted tasks. */
export const HUNDRED = 100;
/** Tokens that the probe's answer has at most. */
const PROBE_TOKENS = 30;

/** What one short request took. */
export interface ProbeFigures {
  /** Those that were evaluated. */
  readonly promptTokens: number;
  /** Until the first token of the answer. */
  readonly promptSeconds: number;
  /** After the first one. */
  readonly answerTokens: number;
  readonly answerSeconds: number;
}

/** The first request also pays for what was just loaded, and a moment later the computer may be less busy. */
const REQUESTS = 2;

/**
 * Asks a loaded model for instructions, briefly.
 * @param now seconds
 * @returns the quickest request; null when it wrote too little to be timed
 * @throws AppError of the model; AbortError
 */
export async function probeModel(
  model: LanguageModel,
  config: RunConfig,
  seeds: readonly { readonly instruction: string }[],
  now: () => number,
  signal: StopSignal,
): Promise<ProbeFigures | null> {
  let best: ProbeFigures | null = null;
  for (let index = 0; index < REQUESTS; index++) {
    const figures = await probeOnce(model, config, seeds, now, signal, index);
    if (figures && (!best || taskSeconds(figures) < taskSeconds(best))) best = figures;
  }
  return best;
}

async function probeOnce(
  model: LanguageModel,
  config: RunConfig,
  seeds: readonly { readonly instruction: string }[],
  now: () => number,
  signal: StopSignal,
  index: number,
): Promise<ProbeFigures | null> {
  const { instructions } = config.decoding;
  // Other examples each time: what was evaluated before is not evaluated again.
  const exemplars = new Random(deriveSeed(config.seed, 'probe', index)).sample(seeds, config.exemplars);
  const began = now();
  let first = null as number | null;
  const { promptTokens, cachedTokens, completionTokens } = await model.complete(
    {
      prompt: instructionPrompt(exemplars, false, config.switches).prompt,
      // It continues the list as in a run; nothing but the number of tokens ends it.
      turns: null,
      stop: [],
      ...instructions,
      maxTokens: answerTokens(PROBE_TOKENS, model.contextLength),
      seed: deriveSeed(config.seed, 'probe-answer', index),
    },
    signal,
    { text: () => (first ??= now()), retry: () => (first = null) },
  );
  const evaluated = promptTokens - cachedTokens;
  if (first === null || completionTokens < 2 || evaluated < 1) return null;
  return {
    promptTokens: evaluated,
    promptSeconds: first - began,
    answerTokens: completionTokens - 1,
    answerSeconds: now() - first,
  };
}

/**
 * Prompt tokens that are evaluated for one accepted task and tokens that are answered, of all three stages: of the standard
 * model and of a run of 300 in docs/benchmarks.md.
 */
const TASK = { prompt: 225, answer: 83 } as const;

/** Seconds for one accepted task with its instances, by a model that was probed. */
export const taskSeconds = ({
  promptTokens,
  promptSeconds,
  answerTokens,
  answerSeconds,
}: ProbeFigures): number =>
  (TASK.prompt * promptSeconds) / promptTokens + (TASK.answer * answerSeconds) / answerTokens;

/** Of the standard model, whose work for a task is 1. */
const STANDARD_PARAMETERS = 134_515_008;
/** The built-in model keeps 48 tasks a minute of the processor where the standard one keeps 29 (docs/benchmarks.md). */
export const BUILT_IN_WORK = 29 / 48;
/**
 * llama.cpp in WebAssembly against our engine: 13.6 and 9.5 prompt and answer tokens a second of the processor against 182
 * and 100 (docs/benchmarks.md), for the tokens of one task.
 */
const LLAMA_CPP_TIMES = (TASK.prompt / 13.6 + TASK.answer / 9.5) / (TASK.prompt / 182 + TASK.answer / 100);

/**
 * Work of a model on the CPU for one accepted task, in that of the standard model: by its size and by what computes it.
 * @param own whether our own engine computes it
 */
export const taskWork = (parameters: number, own: boolean): number =>
  (parameters / STANDARD_PARAMETERS) * (own ? 1 : LLAMA_CPP_TIMES);

const Positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const StoredProbe = v.object({
  /** The model that was asked. */
  name: v.string(),
  /** For one accepted task. */
  seconds: Positive,
  /** Of that model for one task, in that of the standard model. */
  work: Positive,
});
/** What a probe found, as it is stored. */
export type StoredProbe = v.InferOutput<typeof StoredProbe>;

/** Null for anything else. */
export function storedProbe(value: unknown): StoredProbe | null {
  const { success, output } = v.safeParse(StoredProbe, value);
  return success ? output : null;
}
