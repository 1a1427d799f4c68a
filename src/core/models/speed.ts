/** A few seconds of real requests: how fast a model writes on this device, and what that means for a run. */
import { instructionPrompt } from '../prompts/instruction-prompt';
import { answerTokens } from '../prompts/fit';
import { Random, deriveSeed } from '../random';
import type { LanguageModel } from '../ports';
import type { RunConfig, RunProgress } from '../run';
import type { StopSignal } from '../signal';

/** How fast a model wrote in a short test. */
export interface ModelSpeed {
  /** Completion tokens of all requests in flight together. */
  readonly tokensPerSecond: number;
  /** From the first request to its first token: includes prompt evaluation, not loading. */
  readonly firstTokenSeconds: number | null;
  readonly tokens: number;
  readonly seconds: number;
}

/** More workers than this show nothing new. */
const MOST_WORKERS = 16;

/**
 * Requests instructions, as many at once as the model takes, until `over` is aborted.
 * @param now seconds
 * @throws AppError of the model; a request that was cut off by `over` counts with what it wrote
 */
export async function measureSpeed(
  model: Pick<LanguageModel, 'complete' | 'parallel' | 'contextLength'>,
  config: RunConfig,
  seeds: readonly { readonly instruction: string }[],
  now: () => number,
  over: StopSignal,
): Promise<ModelSpeed> {
  const began = now();
  // Set by the callbacks, which the type checker cannot follow.
  let first = null as number | null;
  let finished = 0;
  let requests = 0;
  const open = new Map<number, number>();
  const { instructions } = config.decoding;
  const worker = async (): Promise<void> => {
    while (!over.aborted) {
      const index = requests++;
      const random = new Random(deriveSeed(config.seed, 'speed', index));
      const { prompt, stop } = instructionPrompt(
        random.sample(seeds, config.exemplars),
        false,
        config.switches,
      );
      open.set(index, 0);
      const request = {
        prompt,
        stop,
        ...instructions,
        maxTokens: answerTokens(instructions.maxTokens, model.contextLength),
        seed: deriveSeed(config.seed, 'speed-answer', index),
      };
      const completion = await model.complete(request, over, {
        text: () => {
          first ??= now();
          open.set(index, (open.get(index) ?? 0) + 1);
        },
        retry: () => open.set(index, 0),
      });
      open.delete(index);
      finished += completion.completionTokens;
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(model.parallel, MOST_WORKERS) }, worker));
  } catch (error) {
    if (!over.aborted) throw error;
  }
  const seconds = now() - began;
  // Models stream a token at a time; servers may send several, so that what was cut off counts too little.
  const tokens = finished + [...open.values()].reduce((sum, count) => sum + count, 0);
  return {
    tokens,
    seconds,
    tokensPerSecond: seconds > 0 ? tokens / seconds : 0,
    firstTokenSeconds: first === null ? null : first - began,
  };
}

/** Answer tokens of all stages for one kept instruction: of the built-in model's run of 300 in docs/benchmarks.md. */
const USUAL_TOKENS_PER_KEPT = 83;
/** Accepted instructions from which a run's cost is used. */
export const ENOUGH_KEPT = 20;

/** Tokens per accepted instruction in the newest run with enough of them. */
export function tokensPerKept(runs: readonly RunProgress[]): number {
  const known = runs.find(({ kept }) => kept >= ENOUGH_KEPT);
  if (!known) return USUAL_TOKENS_PER_KEPT;
  const tokens = Object.values(known.stages).reduce((sum, { completionTokens }) => sum + completionTokens, 0);
  return tokens > 0 ? tokens / known.kept : USUAL_TOKENS_PER_KEPT;
}
