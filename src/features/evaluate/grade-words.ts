/** All that a user reads where answers are graded on the Evaluate screen, by component; as in words.ts. */
import type { Grade } from '../../core/evaluation/grading';
import { PAPER_QUALITY } from '../../core/review/quality';
import { count, counted, percent } from '../../ui/format';

/** The scale of the paper (section 4.4). */
const grades: Readonly<Record<Grade, { readonly short: string; readonly whole: string }>> = {
  A: { short: 'Correct and satisfying', whole: 'You would accept it as it is.' },
  B: { short: 'Acceptable, minor errors', whole: 'It helps, with small mistakes or imperfections.' },
  C: { short: 'On topic, significant errors', whole: 'It responds to the instruction, but gets it wrong.' },
  D: { short: 'Irrelevant or invalid', whole: 'It does not answer, repeats itself, or is empty.' },
};

export const GRADE_WORDS = {
  grades,
  rate: {
    none: 'There is no answer to grade yet',
    noneNext: 'Resume, so that a model answers, or add answers from a file under Scores.',
    progress: 'Answers graded',
    verb: 'graded',
    allDone: 'Every answer is graded',
    allDoneNext: 'The results below show which model got which grades.',
    hidden:
      'Which model wrote what stays hidden until every answer is graded. Once you have seen the results, you grade the rest less impartially.',
    show: 'Show the results now',
  },
  blind: {
    label: 'Answer to grade',
    input: 'Input',
    answer: 'Answer of a model',
    tooLong: 'The task is too long for this model: no answer.',
    empty: 'The answer is empty.',
    cut: 'Cut off at max tokens.',
    references: (references: number): string => (references > 1 ? 'Good answers' : 'A good answer'),
    toggle: (shown: boolean): string => `${shown ? 'Hide' : 'Show'} reference [R]`,
    note: 'Other answers can be as good: grade what the model wrote, not how similar it is.',
  },
  scale: {
    label: 'Your grade',
    title: 'How good is this answer?',
    group: 'Grade',
    keys: 'Keys [A] [B] [C] [D] or [1] to [4]. Who answered is hidden, and the order is shuffled.',
    skip: 'Skip [S]',
    undo: 'Undo [U]',
  },
  grading: {
    graded: (grade: Grade): string => `Graded ${grade}.`,
    skipped: 'Skipped: it comes again at the end.',
    undone: {
      skip: 'Undone: the skipped answer.',
      grade: 'Undone: the last grade.',
      merge: 'Undone: the merged file.',
    },
    allRaters: 'all raters',
  },
  results: {
    title: 'Grades by people',
    caption:
      "Share of the grades that each model got; numbers count answers. Below are the paper's models, graded by its authors on other tasks: they show the order of magnitude, not a contest.",
    empty: 'No answer is graded yet.',
    legend: (grade: Grade): string => `${grade} ${grades[grade].short.toLowerCase()}`,
  },
  agreement: {
    title: 'Agreement of two raters',
    measure: 'Measure',
    value: 'Here',
    four: 'Kappa, A B C D',
    two: 'Kappa, A or B against C or D',
    rho: 'Spearman',
    both: (pairs: number, same: number): string =>
      pairs === 0
        ? `Both graded ${counted(pairs, 'answer')}.`
        : `Both graded ${counted(pairs, 'answer')}; the same grade on ${count(same)} (${percent(same, pairs)}).`,
    undefined: 'A dash: not defined, because there are too few answers, or they all got one grade.',
    kappa:
      'Kappa is agreement beyond what chance would give: 1 is full, 0 is chance. Spearman says whether both ranked the answers in the same order.',
    alone:
      "Agreement needs a second rater. Let another person grade the same answers, here under another name or on another device, and merge that person's file below.",
  },
  raters: {
    change: 'Another person rates',
    noun: 'answer',
    note: "or choose one: grades saved here as JSONL or CSV, of the same tasks and answers. Nobody's grades are overwritten by another's.",
    nowhere: 'answers that are not in this evaluation',
    save: { mine: 'Save my grades', all: 'Save the grades of all raters' },
    saveAs: (who: 'mine' | 'all', format: string): string => `${GRADE_WORDS.raters.save[who]} as ${format}`,
  },
  quality: {
    title: 'And the generated data?',
    text: `The paper asks three questions about a random sample of its data: is the task valid (${PAPER_QUALITY.valid}% yes), is the input appropriate (${PAPER_QUALITY.input}%), is the output correct (${PAPER_QUALITY.output}%); all three: ${PAPER_QUALITY.all}%. Review asks the same questions about one of your runs and shows its figures beside these.`,
    review: 'Review',
  },
} as const;
