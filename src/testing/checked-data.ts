/** Data files that tests read: anything but a snapshot. */
import { type CheckedFile, checkDataFile } from '../import/data-file';

export async function checkedData(file: File): Promise<Exclude<CheckedFile, { readonly kind: 'snapshot' }>> {
  const checked = await checkDataFile(file, new AbortController().signal);
  if (checked.kind === 'snapshot') throw new Error('A snapshot.');
  return checked;
}
