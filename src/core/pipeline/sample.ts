/** Draws the in-context instructions of a request (paper, section 2.2: six seed and two machine-written ones). */
import type { Random } from '../random';
import type { RunConfig } from '../run';
import type { Exemplar } from './events';

type Member = Exemplar & { readonly isClassification?: boolean };

/** Pool members that may be shown to the model. Machine instructions in order of acceptance. */
export interface ExemplarPools {
  readonly seeds: (Member & { readonly isClassification: boolean })[];
  readonly machines: Member[];
}

/**
 * At most `config.machineExemplars` machine instructions, as many as there are; seeds fill up; then shuffled.
 * Classification-only requests show classification seeds alone.
 */
export function sampleExemplars(
  pools: ExemplarPools,
  config: Pick<RunConfig, 'exemplars' | 'machineExemplars'>,
  classificationOnly: boolean,
  random: Random,
): Exemplar[] {
  const machines = classificationOnly
    ? []
    : random.sample(pools.machines, Math.min(config.machineExemplars, config.exemplars));
  const seeds = classificationOnly ? pools.seeds.filter((seed) => seed.isClassification) : pools.seeds;
  const drawn = [...machines, ...random.sample(seeds, config.exemplars - machines.length)];
  return random.shuffle(drawn).map(({ id, origin, instruction }) => ({ id, origin, instruction }));
}
