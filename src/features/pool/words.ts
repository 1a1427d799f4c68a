/** All that a user reads on the Pool screen, by component. In texts for `Sentence`, `[J]` is a key. */
import type { ModelCall, RunRecord } from '../../core/run';
import type { Stage } from '../../core/task';
import { count, counted, decimal } from '../../ui/format';
import { REASON_WORDS } from '../../ui/verdict-words';
import type { TaskType } from '../../core/pool-filter';
import type { Facet, PoolList } from './pool-query';

const stages: Readonly<Record<Stage['stage'], string>> = {
  instruction: 'Instruction only',
  identified: 'Type identified',
  complete: 'Complete, with instances',
};
const types: Readonly<Record<TaskType, string>> = { classification: 'Classification', open: 'Open' };
const groups: readonly { readonly kind: Facet['kind']; readonly label: string }[] = [
  { kind: 'stages', label: 'Stage' },
  { kind: 'types', label: 'Type' },
  { kind: 'edited', label: 'Changes' },
  { kind: 'reasons', label: 'Reason' },
];
const lists: Readonly<Record<PoolList, { readonly name: string; readonly search: string }>> = {
  tasks: { name: 'Tasks', search: 'Search instructions' },
  rejected: { name: 'Rejected candidates', search: 'Search candidates' },
};

export const WORDS = {
  title: 'Task pool',
  run: (number: number): string => `Run ${number}`,
  summary: (tasks: number): string => counted(tasks, 'task'),
  about: ({ seedSet, source }: RunRecord, machine: number, instances: number): string =>
    `${counted(seedSet.count, 'seed task')} and ${counted(machine, 'machine instruction')} with ${counted(instances, 'instance')}, ${source === 'imported' ? 'imported' : 'saved'} on this device.`,
  pause: 'Pause',
  pausing: 'Pausing',
  review: 'Review by keyboard',
  retry: 'Try again',
  preparing: 'The run is starting. Its tasks appear here.',
  none: 'No task pool yet',
  noneText:
    'A run fills it with the seed tasks that you choose and with every instruction that the model writes and the filters accept.',
  toStart: 'Go to Start',
  readingTasks: 'Reading the tasks',
  readingCandidates: 'Reading the candidates',
  deletion: {
    open: 'Delete run',
    title: (number: number): string => `Delete run ${number}?`,
    action: (number: number): string => `Delete run ${number}`,
    safe: 'Keep it',
    text: (tasks: number, rejected: number, completions: number): string =>
      `${counted(tasks, 'task')}, ${counted(rejected, 'rejected candidate')} and ${counted(completions, 'completion')} are deleted from this device. This cannot be undone.`,
    exportFirst: 'Export it first',
  },
  list: {
    label: 'Pool',
    tabs: 'Lists',
    lists,
    noMatch: 'No row matches the search and filters.',
    empty: 'Nothing here yet.',
    showAll: 'Show all rows',
    shown: (rows: number, all: number): string => `${count(rows)} of ${count(all)}`,
    showNew: (rows: number): string => `Show ${count(rows)} new`,
    keys: '[J][K] move [Enter] open [E] edit [Esc] close [/] search',
    removed: (label: string, removed: number): string =>
      removed > 1
        ? `Removed ${label} from the pool, ${count(removed)} in all.`
        : `Removed ${label} from the pool.`,
    pauseToRestore: 'Pause the run to restore it.',
  },
  savedFilters: {
    name: 'Keep this filter as',
    keep: 'Keep',
    kept: (name: string): string => `The filter \u201c${name}\u201d is kept`,
    remove: (name: string): string => `Delete \u201c${name}\u201d`,
    deleted: (name: string): string => `The filter \u201c${name}\u201d is deleted`,
    about: 'Pool, Review and Export offer the same filters.',
    review: (tasks: number): string => `Review all ${count(tasks)}`,
    export: (tasks: number): string => `Export all ${count(tasks)}`,
  },
  filters: {
    origin: 'Origin',
    origins: [
      { value: null, label: 'All' },
      { value: 'seed', label: 'Seed' },
      { value: 'machine', label: 'Machine' },
    ],
    open: 'Filter',
    remove: (facet: string): string => `Remove the filter ${facet}`,
    clear: 'Clear all',
    none: 'There is nothing to filter yet.',
    groups,
    facet: (facet: Facet): string => {
      switch (facet.kind) {
        case 'stages':
          return stages[facet.value];
        case 'types':
          return types[facet.value];
        case 'reasons':
          return REASON_WORDS[facet.value];
        case 'edited':
          return 'Edited';
      }
    },
  },
  table: {
    id: 'Id',
    instruction: 'Instruction',
    candidate: 'Candidate',
    type: 'Type',
    instances: 'Instances',
    words: 'Words',
    reason: 'Reason',
    similarity: 'ROUGE-L',
    nothing: '(empty)',
    unknown: '–',
    edited: 'Edited',
    classification: 'Class.',
    open: 'Open',
  },
  detail: {
    task: 'Task',
    rejected: 'Rejected candidate',
    body: 'Details',
    previous: 'Previous row',
    next: 'Next row',
    edit: 'Edit',
    editKey: 'E',
    remove: 'Remove',
    removeNote: 'You can undo this while the screen is open.',
    export: 'Export the pool first',
  },
  neighbours: {
    title: (place: number): string => (place === 0 ? 'Nearest neighbour' : `Neighbour ${place + 1}`),
    removed: 'This neighbour has been removed from the pool.',
    missing: 'This neighbour is no longer stored.',
    missingText: 'no longer stored',
    edited: 'The scores are from when it was accepted; the texts are as they are now.',
    accepted: (threshold: number, edge: 'above' | 'from'): string =>
      `Accepted because it is ${edge === 'from' ? 'below' : 'not above'} ${decimal(threshold, 2)}.`,
    rejected: (threshold: number, edge: 'above' | 'from'): string =>
      `${edge === 'from' ? 'Not below' : 'Above'} the threshold of ${decimal(threshold, 2)}.`,
    hide: 'Hide the neighbours',
    more: (rest: number): string => `${count(rest)} more neighbour${rest === 1 ? '' : 's'}`,
  },
  instances: {
    title: 'Instances',
    one: (number: number, all: number): string => `Instance ${number} of ${all}`,
    noneValid:
      'No instance passed the filters; the task stays in the pool but is left out of training pairs.',
    notWritten: 'They are written once the type is identified.',
    rejected: (instances: number): string => counted(instances, 'rejected instance'),
  },
  provenance: {
    title: 'Where it came from',
    seedSet: 'Seed set',
    seedTask: (set: string, task: string): string => `${set}, task ${task}`,
    name: 'Name',
    written: 'Written',
    byPeople: 'by a person. A change here changes the copy in this run; the seed set stays as it is.',
    request: 'Request',
    place: (request: number, item: number, classificationOnly: boolean): string =>
      `${count(request + 1)}, task ${item + 1} of the completion${classificationOnly ? '; it asked for classification tasks' : ''}`,
    model: 'Model',
    sampling: 'Sampling',
    decoding: (temperature: number, topP: number, call: ModelCall | undefined): string =>
      `temperature ${temperature}, top-p ${topP}${call ? `, seed ${call.seed}` : ''}`,
    mean: 'Mean ROUGE-L',
    meanValue: (mean: number): string => `${decimal(mean, 3)} to the pool when it was accepted`,
    exemplars: 'Exemplars',
    exemplarCounts: (seeds: number, machine: number): string => `${seeds} seed, ${machine} machine`,
    exemplar: (text: string | null, removed: boolean): string =>
      `${text ?? 'no longer stored'}${removed ? ' (since removed)' : ''}`,
    noExemplars: 'none stored',
  },
} as const;
