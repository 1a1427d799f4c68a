/** The numbers of a run's settings, with their limits. Their words are in `words.ts`. */

/** `max` null: as many as there are exemplars. */
export const FIELDS = [
  { key: 'seed', min: 0, max: 4294967295 },
  { key: 'exemplars', min: 1, max: 20 },
  { key: 'machineExemplars', min: 0, max: null },
  { key: 'rougeThreshold', min: 0, max: 1, step: 0.01 },
  { key: 'batchSize', min: 1, max: 32 },
  { key: 'classificationEvery', min: 0, max: 100 },
  { key: 'classificationShots', min: 1, max: 31 },
  { key: 'instanceShots', min: 1, max: 16 },
] as const;
/** One of these numbers. */
export type FieldKey = (typeof FIELDS)[number]['key'];
