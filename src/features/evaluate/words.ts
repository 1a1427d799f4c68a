/**
 * All that a user reads on the Evaluate screen, by component. In texts for `Sentence`, `[Y]` is a key and `{name}` a value.
 */
import type { EvaluatedModel } from '../../core/evaluation/evaluation';
import type { Measure } from '../../core/evaluation/figures';
import type { PredictionFile } from '../../core/evaluation/predictions';
import type { TaskFile } from '../../core/evaluation/task-file';
import type { ModelInfo } from '../../core/models/stored-model';
import { probability, WORDS as SCORES } from '../../shared/scores/words';
import { count, counted, decimal, duration, percent } from '../../ui/format';

const origins: Readonly<Record<EvaluatedModel['origin'] | ModelInfo['origin'], string>> = {
  'built-in': 'comes with the app',
  download: 'downloaded',
  file: 'from a file',
  finetuned: 'finetuned here',
  server: 'on a server',
  predictions: 'answers from a file',
};
const sorts = {
  set: 'Order of the set',
  gain: 'Largest gain first',
  loss: 'Largest loss first',
  low: 'Lowest score first',
  high: 'Highest score first',
};
const filters = {
  all: 'All tasks',
  better: 'Better',
  same: 'Same',
  worse: 'Worse',
  trouble: 'Empty, cut off or missing',
};
const sets = {
  simple: {
    title: '150 tasks in simple English',
    note: 'For the built-in model: short questions about school and home, with one reference each.',
  },
  paper: { title: '252 user tasks', note: 'As many as in the paper, by app; for larger models.' },
  'held-out': {
    title: 'Held-out tasks of a run',
    note: 'The instructions that finetuning left out of its training data.',
  },
  files: {
    title: 'Tasks from files',
    note: 'JSONL as in the public user tasks, or SuperNI task files (one or several).',
  },
} as const;
export type SetKind = keyof typeof sets;
const statuses = {
  none: '',
  loading: 'Loading',
  running: 'Asking',
  pausing: 'Pausing after the requests in flight:',
  paused: 'Paused',
  finished: '',
  failed: 'Stopped',
};

export const WORDS = {
  origins,
  screen: {
    missing: (id: string): string => `evaluation ${id} is not stored here`,
    title: 'Evaluate',
    about:
      'Models answer held-out tasks, none of them in the training data, before and after finetuning; the answers are compared with what people wrote.',
    runActive: 'A run is in progress. Pause it first: one model is in memory at a time.',
    tasks: (tasks: number): string => counted(tasks, 'task'),
    models: (models: number): string => counted(models, 'model'),
    answers: (done: number, total: number): string => `${count(done)} of ${count(total)} answers`,
    ask: (models: number): string =>
      models > 0 ? `Ask ${counted(models, 'model')}` : 'Prepare without a model',
    pause: 'Pause',
    resume: 'Resume',
    report: 'Save report',
    retry: 'Try again',
    tabsLabel: 'Parts of the evaluation',
    tabs: { scores: 'Scores', answers: 'Answers', rate: 'Rate', files: 'Files' },
    before:
      "These are the scores before finetuning. Finetune the model on a run's data, then add the new model under Models and resume: the same tasks show the gain.",
    finetune: 'Finetune',
  },
  setup: {
    noFile: 'Choose a file with tasks first.',
    noRun: 'There is no run with tasks to hold out.',
    files: (files: number): string => counted(files, 'file'),
  },
  bar: {
    label: 'Evaluation',
    new: 'New evaluation',
    option: (name: string, models: number, id: string): string =>
      `${name}, ${counted(models, 'model')} (${id})`,
    add: 'New',
    delete: 'Delete this evaluation',
    pauseFirst: 'Pause to open another.',
    confirm: {
      title: 'Delete this evaluation?',
      action: 'Delete it',
      safe: 'Keep it',
      text: (name: string, answers: number): string =>
        `“${name}” and its ${counted(answers, 'answer')} are deleted. Models and runs stay. You can save a report on the Files tab first.`,
    },
  },
  set: {
    title: 'Tasks',
    about:
      'Held-out tasks: none of them may be in the data that a model was trained on, or it would be asked what it has seen.',
    label: 'Set of tasks',
    sets,
    noRun: 'No run is stored on this device.',
    start: 'Go to Start',
    run: 'Run',
    runOption: (run: number, accepted: number): string => `Run ${run}, ${count(accepted)} accepted`,
    heldOutBy: 'Held out by',
    trainingOption: (name: string, share: number): string => `${name}: ${percent(share, 1)}`,
    byShare: 'a share and a seed',
    source: 'Of which tasks',
    sources: { 'run-and-seeds': 'Run and seeds', run: 'Machine instructions', seeds: 'Seed tasks' },
    share: 'Share of the instructions',
    shareHelp: '0.1 = one of ten',
    seed: 'Seed of the split',
    finetune: 'Finetune with the same tasks, share and seed, so that none of these is in the training data.',
    drop: 'Choose files with tasks, or drop them here',
    dropNote: 'Each needs an instruction and a reference. Of a SuperNI file the first instances are taken.',
    found: ({ tasks, duplicates, badLines }: TaskFile): string =>
      [
        counted(tasks.length, 'task'),
        ...(duplicates > 0 ? [`${counted(duplicates, 'duplicate')} left out`] : []),
        ...(badLines > 0 ? [`${counted(badLines, 'line')} not usable`] : []),
      ].join(', '),
    problems: 'What is wrong with them',
    line: (line: number, reason: string): string => `Line ${line}: ${reason}`,
    perTask: 'Instances of each SuperNI task',
    perTaskHelp: 'The paper asks the first 100.',
    examples: 'Positive examples in a SuperNI prompt',
    examplesHelp:
      'The paper shows none, SuperNI two. Scores of its cross-lingual tasks are lower here than by its script, which splits their texts by the GPT tokenizer; that one is not in this app.',
    limit: 'Max tasks',
    limitHelp: '0 = all; else drawn by the seed',
  },
  asking: {
    title: 'How they are asked',
    about:
      'Zero-shot: the task alone, without examples. Greedy: always the likeliest next token, so the same model gives the same answer each time. An answer ends where the model ends its text, or at max tokens.',
    maxTokens: 'Max tokens of an answer',
    maxTokensHelp: 'A token is a short word or a part of one; 60 is enough for simple tasks.',
    name: 'Name',
    namePlaceholder: 'by the set of tasks',
    nameHelp: 'In lists and reports.',
    layout: 'Layout of the prompt',
    layoutLabel: 'Layout',
    fixed: 'One for all tasks',
    drawn: 'Drawn for each task',
    seed: 'Seed',
    seedHelp: 'Draws one of the layouts of training for each task; the same for all models.',
    withInput: 'Tasks with an input',
    withoutInput: 'Tasks without one',
    note: 'These are the layouts that finetuning uses, so a model is asked in the form it was trained on.',
  },
  models: {
    title: 'Models',
    about:
      'They are asked one after the other, because one is loaded at a time. Compare a base model with its finetuned version; answers from elsewhere can be added as a file later.',
    noFinetuned: 'There is no finetuned model yet.',
    finetune:
      "The base model alone gives the scores before finetuning. Finetune it on a run's data, then add the new model to this evaluation: what is answered is not asked again.",
  },
  progress: {
    title: 'Progress',
    statuses,
    skipped: 'Not every model could be asked.',
    skippedModel: (name: string, reason: string): string => `${name}: ${reason}`,
    skippedNext:
      'The answers so far are stored. Restore the model and resume, or remove it from this evaluation below.',
    answers: 'Answers',
    done: (done: number, total: number, rate: number | null, secondsLeft: number | null): string =>
      [
        `${count(done)} of ${count(total)} answers`,
        ...(rate === null ? [] : [`${decimal(rate)}/s`]),
        ...(secondsLeft === null ? [] : [`about ${duration(secondsLeft)} left`]),
      ].join(', '),
  },
  scoring: {
    label: 'How answers are scored',
    measure: 'Measure',
    words: 'Words',
    asWritten: 'as written',
    stems: 'by their stems, as for SuperNI',
    letters: 'Letters',
    ascii: 'a to z and digits',
    unicode: 'all scripts',
    published: 'Published',
    references: { userTasks: '252 user tasks', superNI: 'SuperNI', none: 'none' },
  },
  charts: {
    gradedBy: 'Graded by',
    gradedByRater: (rater: string): string => `Graded by ${rater}`,
    acceptable: 'A or B',
    paper: 'the paper',
    publishedGrades: 'Published: the paper’s models on its 252 user tasks',
  },
  partsCard: {
    title: 'Where the points come from',
    label: 'Parts of the set',
    caption: (hidden: number): string =>
      `Each part has few tasks, so its interval is wide; lengths are counted in words of the first reference or of the input.${
        hidden > 0 ? ` The largest parts are drawn; the table has ${count(hidden)} more.` : ''
      }`,
  },
  table: {
    title: 'Models',
    region: 'Table of models',
    columns: ['ROUGE-L', 'Exact match', 'Answers', 'Did not fit', 'Cut off', 'Mean words'],
    model: 'Model',
    actions: 'Actions',
    remove: (name: string): string => `Remove ${name}`,
    empty: 'No model yet: add one, or answers from a file.',
    addLabel: 'Model to add',
    add: 'Add model',
    allIn: 'Every model on this device is included.',
    addFile: 'Add answers from a file',
    pauseFirst: 'Pause to change the models.',
    read: ({ answers, strangers, repeated, badLines }: PredictionFile, missing: number): string =>
      [
        `${counted(answers.size, 'answer')} read`,
        ...(missing > 0 ? [`${counted(missing, 'task')} without one`] : []),
        ...(strangers > 0 ? [`${counted(strangers, 'line')} of other tasks`] : []),
        ...(repeated > 0 ? [`${counted(repeated, 'repetition')} left out`] : []),
        ...(badLines > 0 ? [`${counted(badLines, 'line')} not usable`] : []),
      ].join(', '),
    confirm: {
      title: 'Remove this model?',
      action: 'Remove it',
      safe: 'Keep it',
      text: (name: string, answers: number): string =>
        `${counted(answers, 'answer')} of “${name}” are deleted; the model itself stays. You can save them on the Files tab first.`,
    },
  },
  pairs: {
    title: 'Every two models',
    region: 'Table of pairs',
    corner: 'Row minus column',
    same: 'the same model',
    compare: (from: string, to: string): string => `Compare ${from} with ${to}`,
    p: (p: number): string => `p ${probability(p)}`,
    note: (measure: Measure): string =>
      `${SCORES.measures[measure]} points on the tasks that both answered, 95% interval, and p of the sign-flip test. ▲ the interval is above zero, ▼ below, ≈ it contains zero. With many pairs, one of twenty is below 0.05 by chance.`,
  },
  answers: {
    list: 'Tasks and scores',
    searchLabel: 'Search in the tasks',
    search: 'Search',
    order: 'Order',
    sorts,
    filter: 'Which tasks',
    filters,
    none: 'No task matches this search and filter.',
    shown: (shown: number, all: number): string => `${count(shown)} of ${count(all)}`,
    keys: '[J][K] move [Enter] open [Esc] close',
    drawer: 'Answers',
    previous: 'Previous task',
    next: 'Next task',
    close: 'Close',
    region: 'Task and answers',
  },
  tasks: {
    label: 'Tasks',
    task: 'Task',
    app: 'App',
    first: 'First',
    second: 'Second',
    change: 'Change',
  },
  files: {
    title: 'Files',
    report: 'Report',
    reportNote: "A zip with report.md, the plots as SVG, all answers as CSV and each model's predictions.",
    table: 'Answers as a table',
    tableNote: "A row for each task: references, every model's answer, ROUGE\u2011L and exact match.",
    predictions: 'Predictions of {model}',
    predictionsNote: (lines: number): string =>
      `${counted(lines, 'line')}: the task's fields and the response.`,
    savePredictions: (name: string): string => `Save the predictions of ${name} as JSONL`,
    zip: 'ZIP',
    csv: 'CSV',
    jsonl: 'JSONL',
    reading: 'Reading them again',
    readingPredictions:
      "Predictions have the form of the paper's released ones. “Add answers from a file” reads them again, here or on another computer, and compares them with new models on the same tasks.",
    readingTasks:
      'A file of predictions can also be chosen as a set of tasks: its targets are the references.',
  },
} as const;
