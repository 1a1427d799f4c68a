/**
 * Remembers, outside of the database, that runs are stored in it: when the browser clears the database (space is short,
 * nobody came for weeks), an empty list of runs is told from a first visit. Some browsers clear both.
 */
const KEY = 'runs-stored';

export function markRuns(stored: boolean): void {
  try {
    if (stored) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch {
    // Not remembered then.
  }
}
export function runsWereStored(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
