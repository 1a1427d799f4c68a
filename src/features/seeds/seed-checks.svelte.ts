/** Warnings about the chosen seed set, as a whole and task by task. */
import { NearDuplicates, type SeedWarning, setWarnings, taskWarnings } from '../../core/dataset/seed-warnings';
import type { SeedTask } from '../../core/task';
import type { AppState } from '../../app/app-state.svelte';
import { Pacer } from '../../io/pacer';

export class SeedChecks {
  /** A large set is looked through in slices, so these arrive a moment later. */
  #ofTasks = $state.raw<readonly SeedWarning[]>([]);
  #duplicates = $state.raw(new NearDuplicates());
  readonly #library: AppState['seeds'];
  readonly warnings: readonly SeedWarning[] = $derived.by(() => [
    ...setWarnings(this.#library.seeds),
    ...this.#ofTasks,
  ]);

  constructor({ seeds }: Pick<AppState, 'seeds'>) {
    this.#library = seeds;
    $effect(() => {
      const search = new AbortController();
      void this.#lookThrough(seeds.seeds, search.signal);
      return () => search.abort();
    });
  }

  /** Warnings about a task as it is being typed; `index` is its place in the set, null for a new one. */
  of(seed: SeedTask, index: number | null): readonly string[] {
    const near = this.#duplicates.warning(seed.instruction, index);
    return near === null ? taskWarnings(seed) : [...taskWarnings(seed), near];
  }

  async #lookThrough(seeds: readonly SeedTask[], signal: AbortSignal): Promise<void> {
    this.#ofTasks = [];
    const duplicates = new NearDuplicates();
    const found: SeedWarning[] = [];
    const pacer = new Pacer();
    for (const [index, seed] of seeds.entries()) {
      for (const text of taskWarnings(seed)) found.push({ index, text });
      const near = duplicates.warning(seed.instruction, null);
      if (near !== null) found.push({ index, text: near });
      duplicates.add(seed.instruction);
      await pacer.breathe();
      if (signal.aborted) return;
    }
    this.#duplicates = duplicates;
    this.#ofTasks = found;
  }
}
