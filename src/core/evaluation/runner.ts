/**
 * Asks one model every task of a set that it has not answered yet, as an async generator of events. Each answer is
 * stored before its worker takes the next task, so that a closed tab goes on where it was. Greedy and zero-shot: the
 * paper's evaluation.
 */
import { GREEDY } from '../run';
import { AppError } from '../errors';
import { EventStream } from '../pipeline/event-stream';
import { JobQueue } from '../pipeline/job-queue';
import type { Completion, LanguageModel } from '../ports';
import { answerTokens } from '../prompts/fit';
import { deriveSeed } from '../random';
import type { StopSignal } from '../signal';
import { type Answer, type EvaluationConfig, type EvaluationTask, answerId } from './evaluation';
import { promptOf } from './prompt';

/** Dependencies of an evaluation. */
export interface EvaluationPorts {
  readonly model: LanguageModel;
  /** Writes an answer; writing it twice changes nothing. */
  readonly store: (answer: Answer) => Promise<void>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds since 1970, for the record only. */
  readonly date: () => number;
}
/** Which tasks one model still has to answer. */
export interface EvaluationPlan {
  readonly evaluationId: string;
  readonly modelKey: string;
  readonly config: EvaluationConfig;
  /** As in `EvaluatedModel`. */
  readonly plain?: boolean;
  readonly tasks: readonly EvaluationTask[];
  /** Whether the task at this index already has an answer. */
  readonly answered: (index: number) => boolean;
}
/** What happens during an evaluation. */
export type EvaluationEvent =
  | { readonly type: 'asked'; readonly index: number; readonly prompt: string }
  | { readonly type: 'text'; readonly index: number; readonly delta: string }
  /** The engine failed and the request starts over: its text so far is void. */
  | { readonly type: 'retried'; readonly index: number }
  /** It is stored. */
  | { readonly type: 'answered'; readonly index: number; readonly answer: Answer };

/** @throws AppError of model or store; AbortError when stopped. Reported answers are stored. */
export async function* askTasks(
  ports: EvaluationPorts,
  plan: EvaluationPlan,
  signal: StopSignal,
): AsyncGenerator<EvaluationEvent, void, undefined> {
  const events = new EventStream<EvaluationEvent>();
  const queue = new JobQueue(ports.model.parallel);
  for (const [index, task] of plan.tasks.entries()) {
    if (!plan.answered(index)) queue.add(0, () => ask(ports, plan, task, index, signal, events));
  }
  yield* events.during(queue.drained(), () => queue.stop(new Error('the reader left')));
}

async function ask(
  { model, store, now, date }: EvaluationPorts,
  { evaluationId, modelKey, config, plain }: EvaluationPlan,
  task: EvaluationTask,
  index: number,
  signal: StopSignal,
  events: EventStream<EvaluationEvent>,
): Promise<void> {
  signal.throwIfAborted();
  const prompt = promptOf(task, config);
  events.push({ type: 'asked', index, prompt });
  const begun = now();
  const completion = await unlessTooLong(
    model.complete(
      {
        prompt,
        maxTokens: answerTokens(config.maxTokens, model.contextLength),
        ...GREEDY,
        ...(plain ? { turns: null } : {}),
        stop: [],
        seed: deriveSeed(config.seed, 'answer', task.id),
      },
      signal,
      {
        text: (delta) => events.push({ type: 'text', index, delta }),
        retry: () => events.push({ type: 'retried', index }),
      },
    ),
  );
  const answer: Answer = {
    id: answerId(evaluationId, modelKey, index),
    evaluationId,
    modelKey,
    taskId: task.id,
    outcome: completion ? 'answered' : 'too-long',
    text: completion?.text ?? '',
    finishReason: completion?.finishReason ?? null,
    promptTokens: completion?.promptTokens ?? 0,
    completionTokens: completion?.completionTokens ?? 0,
    seconds: (now() - begun) / 1000,
    createdAt: date(),
  };
  await store(answer);
  events.push({ type: 'answered', index, answer });
}

/** Null when the prompt does not fit into the model's context: that counts as an answer and does not stop the evaluation. */
async function unlessTooLong(completion: Promise<Completion>): Promise<Completion | null> {
  try {
    return await completion;
  } catch (error) {
    if (error instanceof AppError && error.failure.kind === 'prompt-too-long') return null;
    throw error;
  }
}
