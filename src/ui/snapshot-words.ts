/** What a snapshot holds, in words, wherever one can be restored. */
import type { SnapshotContent } from '../core/snapshot-content';
import { counted } from './format';

/** `2 runs, 60 machine tasks`. */
export function contentWords(content: SnapshotContent): string {
  const parts = [
    counted(content.runs, 'run'),
    content.tasks > 0 ? counted(content.tasks, 'machine task') : '',
    content.evaluations > 0 ? counted(content.evaluations, 'evaluation') : '',
    content.trainings > 0 ? counted(content.trainings, 'finetuning') : '',
    content.seedSets > 0 ? counted(content.seedSets, 'seed set of your own') : '',
    content.models > 0 ? counted(content.models, 'stored model') : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
