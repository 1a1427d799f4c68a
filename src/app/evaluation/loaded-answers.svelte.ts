/** All answers of the open evaluation in memory: by model, and by place of the task in the set. */
import { SvelteMap } from 'svelte/reactivity';
import type { Answer, EvaluationTask } from '../../core/evaluation/evaluation';

/** Answers by place of the task. */
export type AnswersByPlace = readonly (Answer | undefined)[];

interface ModelAnswers {
  readonly answers: (Answer | undefined)[];
  count: number;
}
const NONE: AnswersByPlace = [];
/** Figures of all answers are computed at most this often while answers arrive. */
const PUBLISH_MS = 1_000;

export class LoadedAnswers {
  /** Entries change in place, so that one more answer costs nothing; one is replaced when its readers are to look again. */
  readonly #byModel = new SvelteMap<string, ModelAnswers>();
  readonly #places: ReadonlyMap<string, number>;
  #publishing: ReturnType<typeof setTimeout> | undefined;

  constructor(tasks: readonly EvaluationTask[]) {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- never changed
    this.#places = new Map(tasks.map(({ id }, place) => [id, place]));
  }

  of(key: string): AnswersByPlace {
    return this.#byModel.get(key)?.answers ?? NONE;
  }
  count(key: string): number {
    return this.#byModel.get(key)?.count ?? 0;
  }

  /** Takes an answer; of a task that is not in the set, none. Readers see it at once, effects look again within a second. */
  put(answer: Answer): void {
    const place = this.#places.get(answer.taskId);
    if (place === undefined) return;
    const own = this.#ofModel(answer.modelKey);
    if (!own.answers[place]) own.count++;
    own.answers[place] = answer;
    this.#publishing ??= setTimeout(() => this.publish(), PUBLISH_MS);
  }
  drop(key: string): void {
    this.#byModel.delete(key);
  }

  /** Has all effects that read answers look again now. */
  publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    for (const [key, own] of this.#byModel) this.#byModel.set(key, { ...own });
  }

  #ofModel(key: string): ModelAnswers {
    const known = this.#byModel.get(key);
    if (known) return known;
    const empty = { answers: new Array<undefined>(this.#places.size).fill(undefined), count: 0 };
    this.#byModel.set(key, empty);
    return empty;
  }
}
