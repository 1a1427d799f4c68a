/** What named filters are called. */
export const WORDS = {
  all: 'All tasks',
  label: 'Saved filter',
  deleted: (name: string): string => `${name} (deleted)`,
} as const;
