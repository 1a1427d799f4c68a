/** The numbers of a run's settings, as they are asked for. */

/** `max` null: as many as there are exemplars. */
export const FIELDS = [
  {
    key: 'seed',
    label: 'Run seed',
    min: 0,
    max: 4294967295,
    help: 'The same seed gives the same data set.',
  },
  { key: 'exemplars', label: 'Exemplars', min: 1, max: 20, help: 'Instructions shown in a prompt.' },
  {
    key: 'machineExemplars',
    label: 'Of them machine-written',
    min: 0,
    max: null,
    help: 'At most; seeds fill up.',
  },
  {
    key: 'rougeThreshold',
    label: 'ROUGE-L threshold',
    min: 0,
    max: 1,
    step: 0.01,
    help: 'More similar candidates are dropped.',
  },
  { key: 'batchSize', label: 'Requests per round', min: 1, max: 32, help: 'They see the same pool.' },
  {
    key: 'classificationEvery',
    label: 'Classification requests',
    min: 0,
    max: 100,
    help: 'Every n-th asks for classification tasks; 0: none.',
  },
  {
    key: 'classificationShots',
    label: 'Examples for the type',
    min: 1,
    max: 31,
    help: 'Fewer when the context is small.',
  },
  {
    key: 'instanceShots',
    label: 'Examples for instances',
    min: 1,
    max: 16,
    help: 'Fewer when the context is small.',
  },
] as const;
