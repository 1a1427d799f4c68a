/** The model calls as they are written, for display: text arrives many times a second and is shown once a frame. */
import type { Exemplar, StartedCall } from '../../core/pipeline/events';
import type { PromptProgress } from '../../core/ports';
import type { ModelCall, PipelineStage } from '../../core/run';
import type { Candidate, TaskId } from '../../core/task';

export interface LiveCall {
  readonly key: string;
  readonly stage: PipelineStage;
  readonly index: number;
  readonly prompt: string;
  readonly exemplars: readonly Exemplar[];
  readonly classificationOnly: boolean;
  readonly task: { readonly id: TaskId; readonly instruction: string } | null;
  readonly text: string;
  /** How much of the prompt has been evaluated; null before and after. */
  readonly reading: PromptProgress | null;
  readonly done: boolean;
  /** Known when done. */
  readonly promptTokens: number | null;
}
const keyOf = (stage: PipelineStage, index: number): string => `${stage}-${index}`;

export class CallDisplay {
  /** Calls in flight, oldest first. */
  live = $state.raw<readonly LiveCall[]>([]);
  /** The instruction call being followed, and the verdicts on it or on the one before. */
  spotlight = $state.raw<LiveCall | null>(null);
  verdicts = $state.raw<readonly Candidate[]>([]);
  // Read once a frame by flush(), which publishes `live` and `spotlight`.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #calls = new Map<string, LiveCall>();
  #spotlightKey: string | null = null;
  #pendingFrame = 0;

  start(call: StartedCall): void {
    const key = keyOf(call.stage, call.index);
    this.#calls.set(key, { ...call, key, text: '', reading: null, done: false, promptTokens: null });
    const followed = this.#spotlightKey === null ? undefined : this.#calls.get(this.#spotlightKey);
    if (call.stage === 'instructions' && (!followed || followed.done)) {
      if (followed && followed.key !== key) this.#calls.delete(followed.key);
      this.#spotlightKey = key;
    }
    this.#schedule();
  }
  text(stage: PipelineStage, index: number, delta: string): void {
    this.#change(keyOf(stage, index), (call) => ({ ...call, text: call.text + delta, reading: null }));
  }
  reading(stage: PipelineStage, index: number, { done, total }: PromptProgress): void {
    this.#change(keyOf(stage, index), (call) => ({ ...call, reading: { done, total } }));
  }
  restart(stage: PipelineStage, index: number): void {
    this.#change(keyOf(stage, index), (call) => ({ ...call, text: '', reading: null }));
  }
  finish({ stage, index, text, promptTokens }: ModelCall): void {
    const key = keyOf(stage, index);
    this.#change(key, (call) => ({ ...call, text, promptTokens, reading: null, done: true }));
    // Not left to the next frame: a hidden tab has none, and works for hours.
    if (key !== this.#spotlightKey) this.#calls.delete(key);
  }
  verdict(candidate: Candidate): void {
    // A round is judged when all its answers are there; the one followed on screen is still its first.
    if (this.#spotlightKey !== keyOf('instructions', candidate.requestIndex)) return;
    const sameAnswer = this.verdicts[0]?.requestIndex === candidate.requestIndex;
    this.verdicts = sameAnswer ? [...this.verdicts, candidate] : [candidate];
  }
  clear(): void {
    this.#calls.clear();
    this.#spotlightKey = null;
    this.verdicts = [];
    this.flush();
  }
  /** Shows the newest texts now. */
  flush(): void {
    this.#pendingFrame = 0;
    this.spotlight = this.#spotlightKey === null ? null : (this.#calls.get(this.#spotlightKey) ?? null);
    this.live = [...this.#calls.values()].filter((call) => !call.done);
  }

  #change(key: string, change: (call: LiveCall) => LiveCall): void {
    const call = this.#calls.get(key);
    if (!call) return;
    this.#calls.set(key, change(call));
    this.#schedule();
  }
  #schedule(): void {
    if (this.#pendingFrame === 0) this.#pendingFrame = requestAnimationFrame(() => this.flush());
  }
}
