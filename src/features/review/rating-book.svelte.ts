/** All ratings of one run in memory, by rater: small rows, read once and kept in step with what this page writes. */
import { SvelteMap } from 'svelte/reactivity';
import type { RunStore, StoreChange } from '../../core/ports';
import type { RatingsByTask } from '../../core/review/figures';
import type { Rating } from '../../core/review/rating';
import type { RunId, TaskId } from '../../core/task';

const NONE: RatingsByTask = new Map();

export class RatingBook {
  /** Counts the changes: whoever reads ratings looks again. */
  #changes = $state(0);
  readonly #byRater = new SvelteMap<string, Map<TaskId, Rating>>();
  // Not reactive: `#changes` tells, once for a whole page of ratings.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #byId = new Map<string, Rating>();

  get raters(): readonly string[] {
    return [...this.#byRater].filter(([, ratings]) => ratings.size > 0).map(([rater]) => rater);
  }
  /** What this rater said; of nobody nothing. */
  of(rater: string | null): RatingsByTask {
    return this.#changes < 0 || rater === null ? NONE : (this.#byRater.get(rater) ?? NONE);
  }
  byId(id: string): Rating | undefined {
    return this.#byId.get(id);
  }

  /** @param wanted false when another run was asked for meanwhile */
  async load(store: RunStore, runId: RunId, wanted: () => boolean): Promise<void> {
    this.clear();
    for await (const page of store.scanRatings(runId)) {
      if (!wanted()) return;
      for (const rating of page) this.#put(rating);
      this.#changes++;
    }
  }
  take({ ratings, removed }: StoreChange & { readonly kind: 'ratings' }): void {
    for (const rating of ratings) this.#put(rating);
    for (const id of removed) this.#drop(id);
    this.#changes++;
  }
  clear(): void {
    this.#byRater.clear();
    this.#byId.clear();
    this.#changes++;
  }

  #put(rating: Rating): void {
    const { id, rater, taskId } = rating;
    const ratings = this.#byRater.get(rater);
    if (ratings) ratings.set(taskId, rating);
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    else this.#byRater.set(rater, new Map([[taskId, rating]]));
    this.#byId.set(id, rating);
  }
  #drop(id: string): void {
    const rating = this.#byId.get(id);
    if (!rating) return;
    this.#byId.delete(id);
    this.#byRater.get(rating.rater)?.delete(rating.taskId);
  }
}
