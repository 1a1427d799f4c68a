/** A run's requests to the model: fits the prompt into the context, emits events, and returns what is to be stored. */
import { AppError } from '../errors';
import { callId } from '../ids';
import type { LanguageModel } from '../ports';
import { answerTokens, fitShots } from '../prompts/fit';
import { deriveSeed } from '../random';
import type { ModelCall, PipelineStage, RunRecord } from '../run';
import type { StopSignal } from '../signal';
import type { BusyClock } from './busy-clock';
import type { EventStream } from './event-stream';
import type { Exemplar, PipelineEvent, StartedCall } from './events';
import { chosenType, readable, worded } from './question';

interface ModelCallPorts {
  readonly model: LanguageModel;
  readonly now: () => number;
  readonly date: () => number;
}
/** The prompt of a call with a number of few-shot examples. */
type BuildPrompt = (
  shots: number,
) => Omit<StartedCall, 'stage' | 'index'> & { readonly stop: readonly string[] };

/** A run's requests to the model. */
export class ModelCalls {
  constructor(
    private readonly ports: ModelCallPorts,
    private readonly run: RunRecord,
    private readonly clock: BusyClock,
    private readonly signal: StopSignal,
    private readonly events: EventStream<PipelineEvent>,
  ) {}

  /**
   * One call with as many few-shot examples as fit; an engine that still finds it too long gets one fewer.
   * @param index with the stage, what the seed and the id derive from
   * @throws AppError of the model; AbortError when stopped
   */
  async ask(
    stage: PipelineStage,
    index: number,
    wantedShots: number,
    build: BuildPrompt,
  ): Promise<ModelCall> {
    const { model } = this.ports;
    const { config, id: runId } = this.run;
    const wanted = config.decoding[stage];
    const decoding = { ...wanted, maxTokens: answerTokens(wanted.maxTokens, model.contextLength) };
    const seed = deriveSeed(config.seed, stage, index);
    const { classificationBy, classificationOdds = 1 } = config;
    const byOdds = stage === 'classification' && classificationBy === 'probability';
    let shots = fitShots((n) => build(n).prompt, wantedShots, model.contextLength, decoding.maxTokens);
    for (;;) {
      this.signal.throwIfAborted();
      const { stop, prompt, ...about } = build(shots);
      const question = worded(model.style, config.ask, stage, prompt, stop);
      const started: StartedCall = { stage, index, ...about, prompt: question.sent };
      this.events.push({ type: 'call-started', call: started });
      const begun = this.ports.now();
      this.clock.begin();
      try {
        const chosen = byOdds ? await chosenType(model, question, classificationOdds, this.signal) : null;
        const completion =
          chosen ??
          (await model.complete({ ...decoding, ...question.request, seed }, this.signal, {
            text: (delta) => this.events.push({ type: 'text', stage, index, delta }),
            reading: (progress) => this.events.push({ type: 'reading', stage, index, ...progress }),
            retry: (detail) => this.events.push({ type: 'call-retried', stage, index, detail }),
          }));
        const call: ModelCall = {
          ...readable(completion, stage, question),
          id: callId(runId, stage, index),
          runId,
          stage,
          index,
          taskId: started.task?.id ?? null,
          exemplars: started.exemplars.map((exemplar: Exemplar) => exemplar.id),
          classificationOnly: started.classificationOnly,
          prompt: started.prompt,
          seed,
          seconds: (this.ports.now() - begun) / 1000,
          createdAt: this.ports.date(),
        };
        this.events.push({ type: 'call-finished', call });
        return call;
      } catch (error) {
        const tooLong = error instanceof AppError && error.failure.kind === 'prompt-too-long';
        if (!tooLong || shots === 0) throw error;
        shots--;
      } finally {
        this.clock.end();
      }
    }
  }
}
