/**
 * Finds the number of threads that is fastest on this machine now. llama.cpp's threads wait for each other by spinning: where
 * another program has a core, two of them can be many times slower than one.
 */

interface Engines<E> {
  load(threads: number): Promise<E>;
  /** Seconds for a fixed piece of work; given up, with Infinity, after `limit` seconds. */
  probe(engine: E, limit: number): Promise<number>;
  exit(engine: E): Promise<void>;
}

/** More threads must be worth the core that they take from others. */
const GAIN = 1.15;

/**
 * Tries from few to many and stops where more do not help.
 * @param numbers of threads, ascending, at least one
 * @returns the engine with the fastest of them, loaded
 */
export async function fastestThreads<E>(numbers: readonly number[], engines: Engines<E>): Promise<E> {
  const [first = 1, ...more] = numbers;
  let best = first;
  let engine = await engines.load(first);
  let seconds = await engines.probe(engine, Infinity);
  for (const threads of more) {
    // One at a time: two would not fit into the memory of a small machine.
    await engines.exit(engine);
    engine = await engines.load(threads);
    // Spinning threads on a busy machine would take minutes to show what is clear sooner.
    const took = await engines.probe(engine, seconds);
    if (took * GAIN > seconds) {
      await engines.exit(engine);
      return engines.load(best);
    }
    best = threads;
    seconds = took;
  }
  return engine;
}
