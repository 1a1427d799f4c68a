/** Where a model runs, in words. */
export const RUNS_ON = {
  cpu: (threads: number): string => `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  gpu: (name: string): string => (name === '' ? 'GPU' : `GPU, ${name}`),
} as const;
