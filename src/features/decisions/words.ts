/** All that a user reads on the Decisions screen, by component. In texts for `Sentence`, `{name}` is a value. */
import type { DecisionRow } from '../../core/decisions/preview';
import type { Effect } from '../../core/decisions/replay';
import { completeSwitches, type PresetName, type Switches } from '../../core/run';
import type { InstanceRejectReason } from '../../core/task';
import { count, counted, decimal } from '../../ui/format';
import { SWITCH_WORDS } from '../../ui/switch-words';
import { INSTANCE_REASON_WORDS } from '../../ui/verdict-words';

type Edge = Switches['similarityEdge'];
const tabs = {
  all: 'All',
  'newly-rejected': 'Newly rejected',
  'newly-kept': 'Newly accepted',
  kept: 'Accepted',
  'too-similar': 'Too similar',
  other: 'Other filters',
} as const;
/** The lists of candidates that can be shown. */
export type DecisionTab = keyof typeof tabs;
const empty: Readonly<Record<DecisionTab, string>> = {
  all: 'This run has no candidates yet.',
  kept: 'Nothing is accepted at this threshold.',
  'too-similar': 'Nothing is too similar at this threshold.',
  other: 'No other filter rejected a candidate.',
  'newly-rejected': 'Lower the threshold to see what it would reject.',
  'newly-kept': 'Raise the threshold to see what it would accept.',
};
const presets: Readonly<Record<PresetName, string>> = { ours: 'Ours', paper: 'Paper', reference: 'Code' };
const sources: Readonly<Record<PresetName, string>> = {
  ours: 'our preset',
  paper: 'the paper',
  reference: 'the reference code',
};
const FINETUNING_ONLY =
  'It decides how rows become prompts and completions for finetuning; the rows stay the same.';
/** Why no stored completion shows what these switches change. */
const untold: Partial<Record<keyof Switches, string>> = {
  order: 'It decides which request comes when, so that a stopped run is usable.',
  exemplarPool:
    'It decides which tasks later prompts show. The stored completions cannot tell what the model would have written for those prompts.',
  layoutEnd: FINETUNING_ONLY,
  completionStart: FINETUNING_ONLY,
  stopAtSixteen: 'The completions were stopped early; the rest of them was never written.',
};
const moved = (before: number, after: number, noun: string): string =>
  before === after ? '' : `${count(before)} → ${counted(after, noun)}`;
const listOf = (parts: readonly string[]): string => parts.filter(Boolean).join(', ');

export const WORDS = {
  title: 'Decisions',
  heading: 'Every decision',
  about: (candidates: number): string =>
    `${candidates > 0 ? `${counted(candidates, 'candidate')}, each` : 'Each candidate'} with the filter that decided and the nearest task. Move the threshold to filter the stored run again at once, without a model; the run itself does not change.`,
  run: (number: number): string => `Run ${number}`,
  summary: (threshold: number, accepted: number): string =>
    `At ${decimal(threshold, 2)}: ${count(accepted)} accepted`,
  next: 'Next: Analyse',
  readNew: (candidates: number): string => `Read ${counted(candidates, 'new candidate')}`,
  retry: 'Try again',
  cancelled: 'Cancelled. What was read so far stays on the page.',
  resume: 'Continue',
  empty: {
    title: 'No candidates are stored with this run',
    imported: (number: number): string =>
      `Run ${number} is a data set imported from {file}: it has the accepted tasks, but not the decisions. A whole-run backup has both.`,
    here: 'They appear when the first requests are filtered. A restored run has those of its backup.',
    review: 'Review its tasks',
    toGenerate: 'Go to Generate',
  },
  none: 'No decisions yet',
  noneText: 'A run makes them: a filter accepts or rejects every instruction that the model writes.',
  toStart: 'Go to Start',
  progress: {
    candidates: 'Reading the candidates',
    comparing: 'Comparing the candidates with each other',
    completions: 'Reading the stored completions',
    switches: 'Parsing them with each switch',
  },
  list: {
    label: 'Candidates',
    tabsLabel: 'Lists',
    tabs,
    empty,
    id: 'Id',
    candidate: 'Candidate',
    nearest: 'Nearest task, or the filter',
    verdict: 'Verdict',
    note: 'Marked are the words that both texts share in the same order, or the word that a filter rejects.',
  },
  row: {
    nothing: '(empty)',
    missing: 'no longer stored',
    noNeighbour: 'no neighbour',
    was: (verdict: DecisionRow['verdict']): string => (verdict === 'kept' ? 'accepted' : 'too similar'),
    becomes: 'becomes',
  },
  candidate: {
    label: 'Candidate',
    body: 'Details',
    nearest: 'Nearest task',
    nearestAccepted: 'Nearest task that would be accepted',
    missing: 'This task is no longer stored.',
    rejected: (threshold: number, edge: Edge): string =>
      `${edge === 'from' ? 'Not below' : 'Above'} the threshold of ${decimal(threshold, 2)}: rejected.`,
    accepted: (threshold: number, edge: Edge): string =>
      `${edge === 'from' ? 'Below' : 'Not above'} the threshold of ${decimal(threshold, 2)}: accepted.`,
    newlyAccepted: (threshold: number, nearestGone: boolean): string =>
      `At ${decimal(threshold, 2)} it is accepted: ${
        nearestGone
          ? 'the task that was too similar would not be in the pool itself.'
          : 'no task in the pool is similar enough to reject it.'
      }`,
  },
  funnel: {
    title: 'From candidate to task',
    caption: (candidates: number, threshold: number): string =>
      `${counted(candidates, 'candidate')}. The filters apply in this order; the first that fails is the reason. Counted at ${decimal(threshold, 2)}. The paper publishes no counts of rejected candidates.`,
  },
  threshold: {
    title: 'ROUGE-L to the nearest task',
    caption: (candidates: number): string =>
      `${counted(candidates, 'candidate')} that passed the other filters, by their ROUGE-L to the nearest task in the pool: the F1 of the longest common word sequence, where 1 is identical and 0 shares nothing. The paper’s threshold is 0.7; it publishes no counts at others.`,
    accepted: (threshold: number): string => `Accepted at ${decimal(threshold, 2)}`,
    change: (change: number, stored: number): string =>
      change === 0
        ? `as many as at ${decimal(stored, 2)}`
        : `${count(Math.abs(change))} ${change < 0 ? 'fewer' : 'more'} than at ${decimal(stored, 2)}`,
    slider: 'ROUGE-L threshold',
    value: (threshold: number, accepted: number): string =>
      `${decimal(threshold, 2)}, accepts ${count(accepted)}`,
    reset: (stored: number): string => `Back to ${decimal(stored, 2)}`,
    note: 'This only previews the filter: nothing stored changes. A stricter filter during the run would also have changed the exemplars of later prompts.',
    surplus: (surplus: number): string =>
      `${count(surplus)} over the target joined no pool and ${surplus === 1 ? 'stays' : 'stay'} out.`,
    unexplained: (verdicts: number, stored: number): string =>
      `${count(verdicts)} stored ${verdicts === 1 ? 'verdict differs' : 'verdicts differ'} from this filter at ${decimal(stored, 2)}: tasks were edited or removed during the run.`,
    columns: ['Highest ROUGE-L', 'Accepted', 'Newly accepted', 'Newly rejected', 'Rejected'],
    range: (from: number, to: number): string => `${from.toFixed(2)} to ${to.toFixed(2)}`,
    thisRun: (threshold: number): string => `${decimal(threshold, 2)}, this run`,
    preview: (threshold: number): string => `${decimal(threshold, 2)}, preview`,
    axis: 'highest ROUGE-L to the task pool',
  },
  presets: {
    title: 'Ours, paper, reference code',
    choose: 'Preset to compare with',
    names: presets,
    stopped: 'Reading the stored completions was cancelled.',
    reading: 'The stored completions are being parsed again.',
    noCompletions:
      'The completions are not stored with this run, so they cannot be parsed with other switches. A whole-run backup has them.',
    about: (completions: number, preset: PresetName): string =>
      `The ${counted(completions, 'stored completion')} of this run, parsed again with each switch as ${sources[preset]} has it, and with all of them. Later completions would have been different too, since their prompts show accepted tasks; no count can tell how.`,
    same: 'This run has the switches of this preset: 0 rows change.',
    differences: 'Differences',
    together: 'All of them together',
    value: (name: keyof Switches, switches: Switches | undefined): string => {
      const texts: Readonly<Record<string, string>> = SWITCH_WORDS[name].values;
      return (switches && texts[completeSwitches(switches)[name]]) ?? '';
    },
    switch: (name: keyof Switches): string => `${SWITCH_WORDS[name].title}.`,
    untold: (name: keyof Switches): string =>
      [untold[name] !== FINETUNING_ONLY && 'Matters only while a run is generated.', untold[name]]
        .filter(Boolean)
        .join(' '),
    unexplained: (verdicts: number): string =>
      `${counted(verdicts, 'stored verdict')} cannot be reproduced from the stored completions and the switches of this run.`,
    unread: (candidates: number): string =>
      `The completions of ${counted(candidates, 'candidate')} are not stored.`,
  },
  effect: {
    values: (from: string, to: string): string => `This run: ${from}. Then: ${to}.`,
    rows: (rows: number): string => counted(rows, 'row'),
    parts: (effect: Effect): string => {
      const changed = listOf([
        effect.candidates > 0 ? counted(effect.candidates, 'candidate') : '',
        effect.instances > 0 ? counted(effect.instances, 'instance') : '',
      ]);
      const accepted = listOf([
        moved(effect.keptBefore, effect.keptAfter, 'instruction'),
        moved(effect.instancesBefore, effect.instancesAfter, 'instance'),
      ]);
      return `${changed}; ${accepted ? `accepted: ${accepted}` : 'as many are accepted'}`;
    },
    examples: (examples: number): string => counted(examples, 'example'),
  },
  examples: {
    before: (verdict: string | undefined): string => `In this run: ${verdict ?? 'no such row'}`,
    after: (verdict: string | undefined): string => `Then: ${verdict ?? 'the row is gone'}`,
    instance: (verdict: 'kept' | InstanceRejectReason): string =>
      verdict === 'kept' ? 'Accepted' : `Rejected: ${INSTANCE_REASON_WORDS[verdict]}`,
    input: (input: string): string => (input ? `Input: ${input}` : 'No input'),
    output: (output: string): string => `Output: ${output}`,
  },
} as const;
