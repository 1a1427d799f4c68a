/** All that a user reads where the database cannot be used. */
import { bytes, counted } from '../../ui/format';

interface ConditionWords {
  readonly title: string;
  readonly text: string;
}
const UNCHANGED = 'It is unchanged, and this page writes nothing to it.';
export const WORDS = {
  app: 'Self-Instruct',
  page: 'Stored data · Self-Instruct',
  conditions: {
    cleared: {
      title: 'What was stored here is gone',
      text: 'The browser has cleared the database of this page. Browsers do that when the disk is nearly full, when a page is not opened for weeks, or when site data are deleted.',
    },
    damaged: {
      title: 'The stored data were damaged',
      text: 'The browser found damage in the files of the database and removed all of it.',
    },
    older: {
      title: 'The stored data went back to an older state',
      text: 'The database lacks what was stored last: the newest snapshot holds more. This happens after a power cut, or when files of the browser were lost.',
    },
    unreadable: {
      title: 'Some of the stored data are damaged',
      text: 'Rows of the database cannot be read, or differ from the newest snapshot: files of the browser are damaged. The rest can be used, and a snapshot can be restored.',
    },
    foreign: {
      title: 'The database is not from this app',
      text: `Another page at this address has stored a database of the same name. ${UNCHANGED}`,
    },
    newer: {
      title: 'The data are from a newer version of this app',
      text: `A newer version wrote the database. ${UNCHANGED} Load the page again to get the newer version; it may take two visits.`,
    },
    denied: {
      title: 'This browser does not let the page store anything',
      text: 'Cookies and site data are blocked for this address, or the page is shown inside of another one. Allow them in the settings of the browser and try again. Or continue in memory: everything works, and what you make is gone when this tab is closed, unless you export it.',
    },
    closed: {
      title: 'The database does not open',
      text: 'If another tab or window shows this app, close it and try again. If that does not help, files of the browser are damaged. The page can use a new database beside the old one.',
    },
  } satisfies Record<string, ConditionWords>,
  detail: (detail: string): string => `The browser says: ${detail}`,
  looking: 'Looking for snapshots',
  snapshots: {
    title: 'Snapshots',
    none: 'No snapshot was found on this device. A snapshot or backup that you saved as a file can still be restored.',
    stopped: 'The search was stopped: there may be snapshots on this device.',
    newest: 'newest',
    cut: 'The end of this snapshot is damaged; it is restored up to this date.',
    restore: 'Restore this snapshot',
    restoreOlder: 'Restore',
    save: 'Save as a file',
    older: (many: number): string => counted(many, 'older snapshot'),
    size: (size: number): string => bytes(size),
  },
  file: {
    title: 'Restore a snapshot from a file',
    note: 'The file of a snapshot that you saved before (.jsonl).',
  },
  folder: {
    look: 'Look for snapshots in a folder…',
    found: (many: number, folder: string): string =>
      many === 0
        ? `No snapshot was found in the folder “${folder}”.`
        : `${counted(many, 'snapshot')} found in the folder “${folder}”.`,
  },
  retry: 'Try again',
  goOn: 'Use the database as it is',
  memory: 'Continue in memory',
  readable: 'Save what can be read as a file',
  empty: {
    action: 'Start with an empty database',
    title: 'Start with an empty database?',
    kept: 'The snapshots stay on this device until three newer ones have been written.',
    old: 'The old database stays on this device as it is, but this page does not show it any more.',
    none: 'There is no snapshot: what was stored cannot be restored later, unless you have a file.',
    safe: 'Back',
  },
  saved: (name: string): string => `Saved as ${name}.`,
} as const;
