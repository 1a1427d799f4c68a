/** What a user reads of the tasks of an evaluation on any screen. */
export const WORDS = {
  plainText: (model: string): string => `${model}, as plain text`,
  noTask: (name: string): string => `There is no task to ask in “${name}”.`,
  machineTasks: (run: number | string): string => `Run ${run}, its own tasks`,
  heldOut: (run: number | string): string => `Run ${run}, held-out tasks`,
} as const;
