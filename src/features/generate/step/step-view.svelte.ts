/** A stored run one request at a time: each request for instructions, then those for the types and instances that came of it. */
import type { AppState } from '../../../app/app-state.svelte';
import { Job } from '../../../app/job.svelte';
import { type AskedRule, filterOptions, rulesAsked } from '../../../core/filters/instruction-filters';
import { callId, candidateId } from '../../../core/ids';
import { draftsOf } from '../../../core/parse/instructions';
import type { ModelCall, PipelineStage, RunRecord } from '../../../core/run';
import type { Candidate, MachineTask, Task } from '../../../core/task';

interface Place {
  readonly stage: PipelineStage;
  /** Of the call in its stage. */
  readonly index: number;
}
/** A candidate with what was asked of it. */
export interface StepCandidate {
  readonly candidate: Candidate;
  /** Empty when splitting alone rejected it. */
  readonly rules: readonly AskedRule[];
  /** Null when similarity was not checked, or the neighbour is gone. */
  readonly nearest: Task | null;
}
export interface Step {
  /** The request for instructions that it belongs to. */
  readonly request: number;
  readonly place: Place;
  /** Null when it is not stored. */
  readonly call: ModelCall | null;
  /** Of a request for instructions. */
  readonly candidates: readonly StepCandidate[];
  /** Of the later stages. */
  readonly task: MachineTask | null;
}

export class StepView {
  step = $state.raw<Step | null>(null);
  readonly job = new Job();
  #run: RunRecord | null = null;
  #asked = 0;
  /** The steps of the request that is shown, as far as they are stored. */
  #places = $state.raw<readonly Place[]>([]);
  #at = $state(0);
  readonly #services: AppState['services'];

  constructor({ services }: Pick<AppState, 'services'>) {
    this.#services = services;
  }

  /** Begins at a request, unless a step of this run is shown and none or the same one was asked for. */
  async show(run: RunRecord, request = 0): Promise<void> {
    if (this.#run?.id === run.id && this.step && request === this.#asked) return;
    this.#run = run;
    this.#asked = request;
    await this.#open(request, 'first');
  }
  /** @param all requests whose verdicts are stored */
  async next(all: number): Promise<void> {
    if (this.#at + 1 < this.#places.length) await this.#showPlace(this.#at + 1);
    else if (this.step && this.step.request + 1 < all) await this.#open(this.step.request + 1, 'first');
  }
  async back(): Promise<void> {
    if (this.#at > 0) await this.#showPlace(this.#at - 1);
    else if (this.step && this.step.request > 0) await this.#open(this.step.request - 1, 'last');
  }
  /** Whether `next` leads anywhere. */
  hasNext(all: number): boolean {
    const { step } = this;
    return step !== null && (this.#at + 1 < this.#places.length || step.request + 1 < all);
  }
  get hasBack(): boolean {
    return this.step !== null && (this.step.request > 0 || this.step.place.stage !== 'instructions');
  }

  /** Takes up types and instances of the shown request that were stored since. */
  async grow(): Promise<void> {
    const { step } = this;
    if (!step) return;
    // What cannot be read now is read at the next change.
    const places = await this.#placesOf(step.request).catch(() => []);
    const shown = this.step;
    if (shown?.request !== step.request || places.length <= this.#places.length) return;
    const at = places.findIndex(
      ({ stage, index }) => stage === shown.place.stage && index === shown.place.index,
    );
    if (at < 0) return;
    this.#places = places;
    this.#at = at;
  }

  async #open(request: number, end: 'first' | 'last'): Promise<void> {
    await this.job.run(async () => {
      const places = await this.#placesOf(request);
      this.#places = places;
      await this.#read(request, end === 'first' ? 0 : places.length - 1);
    });
  }
  async #placesOf(request: number): Promise<readonly Place[]> {
    const places: Place[] = [{ stage: 'instructions', index: request }];
    const run = this.#run;
    const call = await this.#call(places[0]);
    if (!run || !call) return places;
    for (const item of draftsOf(call, run.config.switches).keys()) {
      const task = await this.#services.store.task(candidateId(run.id, request, item));
      if (task?.origin !== 'machine') continue;
      if (task.stage !== 'instruction') places.push({ stage: 'classification', index: task.seq });
      if (task.stage === 'complete') places.push({ stage: 'instances', index: task.seq });
    }
    return places;
  }
  async #showPlace(at: number): Promise<void> {
    const request = this.step?.request ?? 0;
    await this.job.run(() => this.#read(request, at));
  }

  async #read(request: number, at: number): Promise<void> {
    const place = this.#places[at];
    if (!place) return;
    const call = await this.#call(place);
    const task = call?.taskId ? await this.#services.store.task(call.taskId) : undefined;
    const candidates = place.stage === 'instructions' ? await this.#candidates(call, request) : [];
    this.#at = at;
    this.step = { request, place, call, candidates, task: task?.origin === 'machine' ? task : null };
  }

  async #call(place: Place | undefined): Promise<ModelCall | null> {
    if (!this.#run || !place) return null;
    return (await this.#services.store.call(callId(this.#run.id, place.stage, place.index))) ?? null;
  }

  async #candidates(call: ModelCall | null, request: number): Promise<readonly StepCandidate[]> {
    const run = this.#run;
    if (!run || !call) return [];
    const { store } = this.#services;
    const options = filterOptions(run.config);
    const found: StepCandidate[] = [];
    for (const [item, draft] of draftsOf(call, run.config.switches).entries()) {
      const candidate = await store.candidate(candidateId(run.id, request, item));
      if (!candidate) continue;
      const rules = draft.reason ? [] : rulesAsked(draft.text, options);
      const nearest = candidate.nearest && (await store.task(candidate.nearest.id));
      found.push({ candidate, rules, nearest: nearest ?? null });
    }
    return found;
  }
}
