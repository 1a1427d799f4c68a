/** All that a user reads of saving everything as a file. */
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export const WORDS = {
  saved: (name: string): string => `Saved as ${name}.`,
  notSaved: 'It could not be saved.',
  save: 'Save a snapshot',
  reminder: {
    label: 'Not saved yet',
    text: 'Only this browser has your work, and it may clear it.',
    later: 'Later',
  },
  folder: {
    choose: 'Keep snapshots in a folder…',
    /** @param again whether the browser has to be allowed again */
    kept: (name: string, again: boolean): string =>
      again
        ? `The browser asks again before it writes into the folder “${name}”.`
        : `The folder “${name}” gets the newest state every five minutes while something changes: one file a day.`,
    allow: 'Allow it again',
    leave: 'Stop writing there',
    none: 'This browser lets no page write into a folder by itself: save a snapshot as a file from time to time.',
    written: (file: string, folder: string): string => `Saved as ${file} in the folder “${folder}”.`,
    notWritten: (folder: string, said: string): string =>
      `The snapshot could not be written into the folder “${folder}”: ${said}`,
  },
  card: {
    title: 'Snapshot of everything',
    text: 'What you make is stored in this browser alone, which may clear it when the disk is nearly full or the page is not opened for weeks. This is one file with all runs, ratings, seed sets, evaluations and finetunings of this browser. Import it here or in another browser to go on from there. Files of models are not in it.',
    last: (at: number): string => `Saved last: ${date.format(at)}.`,
  },
} as const;
