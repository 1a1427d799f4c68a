/** How a request is put to the model: as text to continue or as turns, answered in text or by probabilities. */
import type { Completion, CompletionRequest, LanguageModel } from '../ports';
import { asContinuation, chatTurns } from '../prompts/chat-turns';
import type { ModelCall, PipelineStage, RunConfig } from '../run';
import type { StopSignal } from '../signal';

export interface PipelineQuestion {
  readonly request: Pick<CompletionRequest, 'prompt' | 'turns' | 'stop'>;
  /** The text that is really sent; it is reported and stored. */
  readonly sent: string;
}

/** @param ask as the run's settings say; absent: as the model's style says */
export function worded(
  style: LanguageModel['style'],
  ask: RunConfig['ask'],
  stage: PipelineStage,
  prompt: string,
  stop: readonly string[],
): PipelineQuestion {
  if (style !== 'instruct') return { request: { prompt, stop }, sent: prompt };
  if (ask === 'continue') return { request: { prompt, stop, turns: null }, sent: prompt };
  const chat = chatTurns(stage, prompt, stop);
  return { request: { prompt, ...chat }, sent: `${chat.turns.system}\n\n${chat.turns.user}` };
}

/** The completion with its text in the form that the parsers expect. */
export function readable<T extends Pick<Completion, 'text'>>(
  completion: T,
  stage: PipelineStage,
  { request }: PipelineQuestion,
): T {
  if (!request.turns) return completion;
  return { ...completion, text: asContinuation(stage, request.prompt, completion.text) };
}

/**
 * Whether it is a classification task, by the probabilities of Yes and No.
 * @param least how many times as likely as No the answer Yes must be at least
 * @returns null when the model does not give them or neither is likely: then its answer is parsed
 */
export async function chosenType(
  model: LanguageModel,
  { request }: PipelineQuestion,
  least: number,
  signal: StopSignal,
): Promise<(Completion & Pick<ModelCall, 'odds'>) | null> {
  if (!model.choose) return null;
  const { probabilities, ...tokens } = await model.choose(request, ['Yes', 'No'], signal);
  const [yes = 0, no = 0] = probabilities;
  if (yes + no === 0) return null;
  return {
    text: yes >= least * no ? ' Yes' : ' No',
    finishReason: 'stop',
    ...tokens,
    completionTokens: 1,
    odds: { yes, no },
  };
}
