/** The prompt of a task: zero-shot, in a layout of section 5, as in finetuning. */
import { PLAIN_LAYOUT, drawnLayout, layoutPrompt } from '../dataset/encode';
import type { EvaluationConfig, EvaluationTask } from './evaluation';

/** Enough for the answers of the simple held-out tasks; leaves the built-in model's context to the prompt. */
const BUILT_IN_TOKENS = 60;

/** One layout for all tasks, so that models differ and prompts do not. */
export const builtInEvaluation = (seed: number): EvaluationConfig => ({
  layout: PLAIN_LAYOUT,
  seed,
  maxTokens: BUILT_IN_TOKENS,
});

/** The prompt of a held-out task, in the layout the evaluation asks for. */
export function promptOf(
  { id, instruction, input }: EvaluationTask,
  { layout, seed }: EvaluationConfig,
): string {
  const own = input.trim();
  return layoutPrompt(layout === 'drawn' ? drawnLayout(id, own, seed) : layout, instruction, own);
}
