/** All that a user reads of snapshots, wherever it is shown. */
export const WORDS = {
  refused: (file: string, reason: string): string => `“${file}” cannot be restored: ${reason}`,
  notSnapshot: 'it is not a snapshot of this app.',
  restoring: 'Restoring',
  reading: 'Reading the database',
  copying: 'Copying the snapshot',
  checking: 'Reading the snapshots',
  held: 'Another tab has the database open.',
  noMark: 'it is damaged or cut off before its first complete state.',
} as const;
