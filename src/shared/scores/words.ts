/** What scores of models on held-out tasks say, on every screen and in every report that has them. */
import type { Measure, PartKind } from '../../core/evaluation/figures';
import type { Interval } from '../../core/evaluation/resampling';
import { count, counted, decimal } from '../../ui/format';

type Range = Pick<Interval, 'low' | 'high'>;
/** `16.4 to 19.5`. */
export const range = ({ low, high }: Range): string => `${decimal(low)} to ${decimal(high)}`;
/** `+8.1`, `−0.4`: a true minus, as wide as the plus. */
export const signed = (value: number): string =>
  value < 0 ? `−${decimal(-value)}` : `${value > 0 ? '+' : ''}${decimal(value)}`;
export const signedRange = ({ low, high }: Range): string => `${signed(low)} to ${signed(high)}`;
export const probability = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
/** What an interval of a difference says. */
export function verdict({ low, high }: Range): 'better' | 'worse' | 'open' {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'open';
}

const measures: Readonly<Record<Measure, string>> = { 'rouge-l': 'ROUGE-L', exact: 'Exact match' };
const parts: Readonly<Record<PartKind, string>> = {
  app: 'App',
  type: 'Type of task',
  reference: 'Length of the reference',
  input: 'Length of the input',
};
const none = '–';

export const WORDS = {
  measures,
  parts,
  none,
  scores: {
    heading: 'Scores',
    title: (measure: Measure, tasks: number): string => `${measures[measure]} on ${counted(tasks, 'task')}`,
    exactRule:
      "An answer counts when it equals a reference, up to case, punctuation and spaces, as in SuperNI's script.",
    rougeRule: (stem: boolean): string =>
      `F1 of the longest common subsequence of words, ${stem ? 'by their stems' : 'as written'}, best over the references.`,
    caption: (rule: string, resamples: number, published: boolean): string =>
      `${rule} Bars: 95% interval, ${count(resamples)} resamples of the tasks.${
        published
          ? ' The diamonds are published figures of other models on other tasks: they show the order of magnitude, not a contest.'
          : ''
      }`,
    empty: 'No answer so far.',
    finetuned: 'finetuned here',
    others: 'other models',
    published: 'published',
  },
  charts: {
    published: {
      userTasks: 'Published: the paper’s eight models on its own 252 user tasks',
      superNI: 'Published: the paper’s models on 119 SuperNI tasks',
    },
    axis: (measure: Measure): string => `${measures[measure]}, points of 100`,
    partAxis: (measure: Measure, kind: PartKind): string =>
      `${WORDS.charts.byPart(measure, kind)}, points of 100`,
    byPart: (measure: Measure, kind: PartKind): string =>
      `${measures[measure]} by ${parts[kind].toLowerCase()}`,
    part: (label: string, tasks: number): string => `${label}, ${counted(tasks, 'task')}`,
    interval: (interval: Interval): string => `${decimal(interval.mean)} (${range(interval)})`,
    publishedName: (name: string): string => `${name} (published)`,
    model: 'Model',
    intervalColumn: '95% interval',
    answers: 'Answers',
    tasks: 'Tasks',
  },
  difference: {
    title: 'What the difference says',
    alone:
      'One model alone has a score and no difference. Finetune it and add the new model, or add answers from a file.',
    from: 'From',
    to: 'To',
    points: (measure: Measure, interval: Range): string =>
      `${measures[measure]} points, 95% interval ${signedRange(interval)}`,
    shares: (wins: number, ties: number, losses: number): string =>
      `Better on ${counted(wins, 'task')}, same on ${count(ties)}, worse on ${count(losses)}`,
    better: 'better',
    same: 'same',
    worse: 'worse',
    verdicts: {
      better: 'The second model is better on such tasks: the whole interval is above zero.',
      worse: 'The second model is worse on such tasks: the whole interval is below zero.',
      open: 'The interval contains zero: on these tasks the two cannot be told apart. More tasks would narrow it.',
    },
    chance: (signFlipP: number, bootstrapP: number, tasks: number): string =>
      `Chance of such a difference if both were equal: ${probability(signFlipP)} (sign flips), ${probability(bootstrapP)} (bootstrap), on ${counted(tasks, 'task')} that both answered.`,
    published: (gain: number): string =>
      `In the paper, GPT3 gained ${decimal(gain)} points on its user tasks by Self-Instruct.`,
    noPair: 'No task has an answer of both models yet.',
    measures: {
      'rouge-l':
        'ROUGE-L counts words that an answer shares with a reference, in the same order. It ranks the paper’s models as people did, but it cannot tell right from wrong.',
      exact:
        'Exact match asks whether the answer equals a reference, up to case, punctuation and spaces. It is fair to short answers only.',
    },
  },
  compared: {
    score: (rougeL: number, exact: boolean): string =>
      `ROUGE\u2011L ${decimal(100 * rougeL)}${exact ? ', exact' : ''}`,
    missing: 'Not answered yet.',
    tooLong: 'The prompt does not fit into this model. It scores zero points.',
    empty: 'The answer is empty.',
    cut: 'Cut off at max tokens.',
    reference: 'Reference',
    best: (best: number, all: number): string => `Reference ${best} of ${all}, the best`,
    common: (words: number, arithmetic: string): string => `${count(words)} in common: ${arithmetic}`,
    all: 'All references',
  },
} as const;

/** How answers are scored. @param stem whether words are compared by their stems */
export const ruleOf = (measure: Measure, stem: boolean): string =>
  measure === 'exact' ? WORDS.scores.exactRule : WORDS.scores.rougeRule(stem);
