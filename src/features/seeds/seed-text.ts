/** What the form of a seed task holds. */
import type { SeedTask } from '../../core/task';

/** Plain data, so that it can be kept while it is typed. */
export type SeedText = Pick<SeedTask, 'instruction' | 'isClassification' | 'instances'>;

/** Instances that a form may write in. */
export const copies = ({ instances }: Pick<SeedTask, 'instances'>): { input: string; output: string }[] =>
  instances.map(({ input, output }) => ({ input, output }));

const PREFIX = 'seed:';
/** Under which the text of a task is kept. @param taskId null for a task that is not in the set yet */
export const draftKeyOf = (setId: string, taskId: string | null): string =>
  `${PREFIX}${setId}:${taskId ?? ''}`;
/** Of which set and task a text was kept; null when it is of another form. */
export function draftSubject(key: string): { readonly setId: string; readonly taskId: string | null } | null {
  if (!key.startsWith(PREFIX)) return null;
  const rest = key.slice(PREFIX.length);
  const colon = rest.indexOf(':');
  const taskId = rest.slice(colon + 1);
  return { setId: rest.slice(0, colon), taskId: taskId === '' ? null : taskId };
}
