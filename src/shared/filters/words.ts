/** What named filters are called. */
export const WORDS = {
  all: 'All tasks',
  label: 'Saved filter',
} as const;
