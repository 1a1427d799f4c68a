/**
 * All that a user reads on the Review screen, by component. In texts for `Sentence`, `[Y]` is a key and `{name}` a value.
 */
import { PAPER_SAMPLE } from '../../core/review/sample';
import type { Question, Verdict } from '../../core/review/rating';
import type { ReplaceField } from '../../core/review/replace';
import { count, counted } from '../../ui/format';
import type { Shown } from './review-rows';

const verdicts: Readonly<Record<Verdict, string>> = { accepted: 'Accepted', rejected: 'Rejected' };
const tabs = {
  rate: 'Rate',
  replace: 'Fix many',
  corrections: 'Ask an expert',
  figures: 'Raters and figures',
} as const;
export type ReviewTab = keyof typeof tabs;
/** The paper's three questions (its table 2), in few words and whole. */
const questions: Readonly<Record<Question, { readonly short: string; readonly whole: string }>> = {
  valid: { short: 'Valid task', whole: 'Does the instruction describe a valid task?' },
  input: { short: 'Input appropriate', whole: 'Is the input appropriate for the instruction?' },
  output: {
    short: 'Output correct',
    whole: 'Is the output a correct and acceptable response to the instruction and input?',
  },
};
const shown: Readonly<Record<Shown, string>> = {
  all: 'All of them',
  open: 'Not rated yet',
  accepted: 'Accepted',
  rejected: 'Rejected',
  flagged: 'Flagged',
};
const fields: Readonly<Record<ReplaceField, string>> = {
  instruction: 'Instructions',
  input: 'Inputs',
  output: 'Outputs',
};

/** As what file tasks go to an expert. */
const sentAs = {
  page: {
    name: 'A page to edit',
    note: 'One HTML file that works offline in any browser, without this app. The expert edits the texts and saves a CSV file, which comes back here.',
  },
  csv: {
    name: 'CSV for a spreadsheet',
    note: 'One row for each instance. The columns id, instance and mark must stay as they are: they lead each row back to its task.',
  },
} as const;
export type SentAs = keyof typeof sentAs;

export const WORDS = {
  questions,
  frame: {
    title: 'Review',
    about: "Rate the tasks one by one, fix them, and compare the quality of the data with the paper's.",
    run: (number: number): string => `Run ${number}`,
    tabs,
    tabsLabel: 'Review',
    next: 'Next to rate',
    save: 'Save my ratings',
    replace: (texts: number): string => (texts > 0 ? `Replace ${counted(texts, 'text')}` : 'Replace'),
    accept: (texts: number): string => (texts > 0 ? `Accept ${counted(texts, 'correction')}` : 'Accept'),
    rated: (done: number, total: number): string => `${count(done)} of ${count(total)} rated`,
    ratingAs: 'Rating as {name}',
    change: 'Change',
    retry: 'Try again',
    noTasks: {
      title: 'No task to rate yet',
      text: 'A task can be rated once it has an instance: an input and an output. The run generates them.',
      action: 'Continue the run',
    },
    noRun: {
      title: 'No run to review yet',
      text: 'A run generates the tasks that are rated here. A backup can be restored on the Export screen.',
      action: 'Go to Start',
    },
  },
  session: {
    reading: 'Reading the tasks',
    nothingLeft: 'Nothing is left to rate here.',
    verdicts,
    flagged: 'Flagged',
    unflagged: 'Flag removed',
    answered: (number: number, yes: boolean): string => `Question ${number} answered ${yes ? 'yes' : 'no'}`,
    edited: (task: string): string => `Edited ${task}`,
    merged: (rater: string): string => `merged the file of ${rater}`,
    nothingToUndo: 'There is nothing to undo.',
    pauseToUndo: 'Pause the run to undo a change of its tasks.',
    undoing: (label: string): string => `Undoing: ${label}`,
    /** @param left tasks that stay, because they were changed again since */
    undoneElsewhere: 'This was undone in another tab already.',
    undone: (label: string, left: number): string => {
      if (left === 0) return `Undone: ${label}.`;
      const stay =
        left === 1
          ? '1 task was changed again since and stays'
          : `${count(left)} tasks were changed again since and stay`;
      return `Undone: ${label}. ${stay}.`;
    },
  },
  rate: {
    progress: 'Tasks rated',
    verb: 'rated',
    none: 'No task matches this search and choice',
    showAll: 'Show all of them',
  },
  bulk: {
    shown: (tasks: number): string => `All ${count(tasks)} that the choice finds:`,
    accept: (tasks: number): string => `Accept these ${count(tasks)}`,
    reject: (tasks: number): string => `Reject these ${count(tasks)}`,
    writing: 'Writing the ratings',
    step: (verdict: Verdict, tasks: number): string => `${verdicts[verdict]} ${counted(tasks, 'task')}`,
    last: (step: string): string => `${step}.`,
  },
  scope: {
    label: 'Tasks to rate',
    sample: (size: number): string => `Random sample of ${count(size)}`,
    all: (tasks: number): string => `All ${count(tasks)}`,
    show: 'Show',
    shown,
    search: 'Search the instructions',
    searchKey: '/',
    how: 'How the sample is drawn',
    size: 'Tasks in the sample',
    sizeHelp: `The paper's authors rated ${PAPER_SAMPLE}.`,
    seed: 'Seed of the sample',
    seedHelp: 'Two raters use the same one.',
  },
  task: {
    label: 'Task',
    position: (at: number, of: number): string => `${count(at)} of ${count(of)}`,
    previous: 'Previous [K]',
    next: 'Next [J]',
    instance: (number: number): string => `Instance ${number}`,
    judged: (number: number, of: number): string => `Instance ${number} of ${of}, drawn for the questions`,
    others: (number: number): string =>
      number === 1 ? 'The other instance' : `The other ${number} instances`,
  },
  marks: {
    title: 'Your rating',
    yes: 'Yes',
    no: 'No',
    keys: '[Y] or [N] answers the selected question, [G] goes to the next task to rate.',
    otherText: 'You rated this task before its text was changed. Answer again if that matters.',
    accept: 'Accept [A]',
    reject: 'Reject [X]',
    flag: 'Flag [F]',
    edit: 'Edit [E]',
    undo: 'Undo [U]',
  },
  quality: {
    title: 'Quality of the data',
    ratedBy: 'Rated by',
    question: 'Question',
    yes: 'Yes',
    share: 'Share',
    interval: '95% interval',
    paper: 'Paper',
    all: 'All three',
    of: (all: number): string => `of ${count(all)}`,
    percents: (low: number, high: number): string =>
      `${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)}%`,
    percent: (value: number): string => `${value}%`,
    none: '–',
    sample: (size: number, seed: number): string => `The random sample of ${count(size)}, seed ${seed}`,
    everything: (tasks: number): string =>
      `All ${count(tasks)} tasks; choose the random sample on Rate to compare with the paper`,
    note: (scope: string, whole: number): string =>
      `${scope}: ${count(whole)} with all three answers. The paper's authors rated 200 instructions with one instance each; so does this table, and only texts as the machine wrote them.`,
    edited: (ratings: number): string =>
      `${counted(ratings, 'rating')} of texts that a user changed first ${ratings === 1 ? 'is' : 'are'} left out.`,
    wilson:
      'The interval (Wilson) says how far the share of the whole run may be from that of the rated tasks.',
  },
  agreement: {
    title: 'Agreement',
    measure: 'Question',
    value: 'Kappa',
    verdict: 'Accept or reject',
    rho: (rho: number | null, tasks: number): string =>
      `Spearman's rank correlation of the number of yes answers: ${rho === null ? 'not defined' : rho.toFixed(2)} on ${counted(tasks, 'task')}.`,
    otherText: (tasks: number): string =>
      `Left out: ${counted(tasks, 'task')} whose text was changed between the two ratings.`,
    kappa:
      'Kappa is the share of agreement beyond what two raters would reach by chance: 1 is full agreement, 0 is chance. In the paper, two raters of model answers on a scale from A to D reached kappa 0.58 (0.75 for good against bad) and Spearman 0.81; the questions here are different ones.',
    alone:
      "Agreement needs a second rater. Let another person rate the same sample, here under another name or on another device with a backup of this run, and merge that person's file.",
  },
  raters: {
    noun: 'task',
    note: "or choose one: the file that “Save my ratings” wrote for this run. Nobody's ratings are overwritten by another's, and none are shown while you rate.",
    nowhere: 'tasks that are not in this pool',
    clash: {
      title: 'The rater of this file has your name: {name}',
      text: 'Nothing is merged yet. Whose ratings are they?',
      mine: 'Mine',
      other: "Another person's",
      cancel: 'Cancel',
    },
  },
  replace: {
    label: 'Search and replace',
    find: 'Find',
    findHelp: 'Matched letter by letter, line breaks and spaces too; no character is special.',
    by: 'Replace with',
    byHelp: 'Empty: the words are removed.',
    where: 'Where',
    fields,
    matchCase: 'Match case',
    wholeWords: 'Whole words',
    preview: 'Preview the changes',
    undo: 'Undo',
    looking: 'Searching the tasks',
    writing: 'Writing the changes',
    empty: (field: ReplaceField): string => `the ${field} would be empty`,
    last: (step: string): string => `The last change here: ${step}.`,
    step: (find: string, tasks: number): string => `replaced “${find}” in ${counted(tasks, 'task')}`,
  },
  corrections: {
    send: 'Send tasks to an expert',
    sentAs: 'As',
    formats: sentAs,
    save: (tasks: number): string => `Save ${counted(tasks, 'task')}`,
    saved: (tasks: number, name: string): string => `Saved ${counted(tasks, 'task')} as ${name}.`,
    fileName: (run: number, as: SentAs): string =>
      as === 'csv' ? `run-${run}-corrections.csv` : `run-${run}-for-an-expert.html`,
    writing: 'Writing the file',
    back: 'Bring the corrections back',
    drop: 'Drop the CSV file that came back',
    dropNote:
      'or choose it. Each text that was changed is shown beside what it says now; nothing is written before you accept it.',
    reading: (name: string): string => `Reading ${name}`,
    comparing: 'Comparing with the tasks',
    title: (name: string): string => `Corrections in ${name}`,
    found: (texts: number, tasks: number, accepted: number): string =>
      `${counted(texts, 'text')} of ${counted(tasks, 'task')} changed, ${count(accepted)} chosen`,
    facts: ({
      tasks,
      nowhere,
      gone,
      twice,
      cut,
      badLines,
    }: {
      readonly tasks: number;
      readonly nowhere: number;
      readonly gone: number;
      readonly twice: number;
      readonly cut: number;
      readonly badLines: number;
    }): string =>
      [
        `${counted(tasks, 'task')} came back`,
        ...(nowhere > 0
          ? [
              `${counted(nowhere, 'task')} of the file ${nowhere === 1 ? 'is' : 'are'} not in this run any more`,
            ]
          : []),
        ...(gone > 0
          ? [
              `${counted(gone, 'row')} ${gone === 1 ? 'is' : 'are'} about instances that are not here any more`,
            ]
          : []),
        ...(twice > 0
          ? [
              `${counted(twice, 'correction')} left out, because an earlier row corrects the same text in another way`,
            ]
          : []),
        ...(cut > 0
          ? [`${counted(cut, 'text')} cut by the spreadsheet ${cut === 1 ? 'stays' : 'stay'} as here`]
          : []),
        ...(badLines > 0 ? [`${counted(badLines, 'line')} could not be read`] : []),
      ].join('; ') + '.',
    line: (line: number, reason: string): string => `Line ${line}: ${reason}`,
    doubt: ({
      changedSince,
      rewritten,
    }: {
      readonly changedSince: boolean;
      readonly rewritten: boolean;
    }): string =>
      [
        ...(changedSince ? ['This task was changed here, too, since it was sent.'] : []),
        ...(rewritten ? ['A spreadsheet may have written this by itself.'] : []),
        ...(changedSince || rewritten ? ['The correction is written only if you choose it.'] : []),
      ].join(' '),
    step: (file: string, tasks: number): string =>
      `accepted corrections of ${counted(tasks, 'task')} from ${file}`,
  },
  changes: {
    title: 'Preview',
    nothing: 'Nothing found',
    found: (places: number, texts: number, tasks: number, chosen: number): string =>
      `${counted(places, 'place')} in ${counted(texts, 'text')} of ${counted(tasks, 'task')}, ${count(chosen)} chosen`,
    chooseAll: 'Choose all',
    leaveAllOut: 'Leave all out',
    more: (shown: number): string =>
      `The rule changes more than can be looked through; the first ${count(shown)} are here.`,
    stale: 'The form was changed since. Preview the changes again to see what it does now.',
    change: (field: ReplaceField, task: string, instance: number | null): string =>
      `Change the ${field} of ${task}${instance === null ? '' : `, instance ${instance + 1}`}`,
    field: (field: ReplaceField, instance: number | null): string =>
      instance === null ? field : `${field} ${instance + 1}`,
    leftOut: (problem: string): string => `, left out: ${problem}`,
    written: ({
      tasks,
      stale,
      refused,
    }: {
      readonly tasks: number;
      readonly stale: number;
      readonly refused: number;
    }): string =>
      [
        `Changed ${counted(tasks, 'task')}. What the machine wrote is kept beside each.`,
        ...(stale > 0 ? [`Not written: ${counted(stale, 'text')} that changed here meanwhile.`] : []),
        ...(refused > 0
          ? [
              `Not written: ${counted(refused, 'text')} of tasks with an empty instruction or output; fill it first.`,
            ]
          : []),
      ].join(' '),
    before: 'Before: ',
    after: 'After: ',
    earlier: 'Earlier',
    later: 'Later',
    page: (at: number, of: number): string => `Page ${count(at)} of ${count(of)}`,
  },
} as const;
