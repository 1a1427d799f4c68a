/** All that a user reads on the Export screen, by component. */
import type { DataFormat } from '../../export/data-formats';
import { count, counted } from '../../ui/format';

const units: Readonly<Record<DataFormat['unit'], string>> = {
  rows: 'row',
  tasks: 'task',
  'machine instructions': 'machine instruction',
};
const rows = (number: number, unit: DataFormat['unit']): string => counted(number, units[unit]);
const date = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' });
const run = (number: number): string => `Run ${number}`;
const withRatings = (ratings: number): string => (ratings > 0 ? ` and ${counted(ratings, 'rating')}` : '');
const oddRows = (rows: number, first: number, has: string): string =>
  `${counted(rows, 'row')} ${rows === 1 ? 'has' : 'have'} ${has}, ${rows === 1 ? '' : 'the first '}in row ${count(first)}.`;

export const WORDS = {
  screen: {
    title: 'Export',
    run,
    noRun: 'No run is open',
    about: (number: number, tasks: number, instances: number): string =>
      `Run ${number}: ${counted(tasks, 'machine instruction')}, ${counted(instances, 'instance')}. Files are written in this tab and are not sent anywhere.`,
    aboutNoRun: 'Save the data of a run as files, or import backups and data sets.',
    save: (file: string): string => `Save ${file}`,
    saveSized: (file: string, size: string): string => `Save ${file}, ${size}`,
    nothingToSave: 'Nothing to save yet',
    retry: 'Try again',
    saveFromMemory: 'Save what is in memory',
    saved: (size: string): string => `Saved {name}, ${size}.`,
    dismiss: 'Dismiss',
    active: 'The run is still in progress: a file contains what is stored at the moment you save it.',
    noRows: {
      title: 'No rows for this format yet',
      withSeeds: 'No task of this run has an instance yet.',
      machineOnly: 'No machine instruction has an instance yet. Choose “With seeds” to save the seed tasks.',
      action: 'Continue the run',
    },
    checking: 'Counting and checking all rows.',
    writing: (file: string): string => `Writing ${file}`,
    runGone: (number: number): string => `run ${number} is no longer stored on this device`,
  },
  recording: {
    title: 'Recording',
    about:
      'The whole run in one file, with its finetunings and their evaluations: it plays in any copy of this app without a model. It is computed again from the first request: save it before you raise the target or edit tasks.',
    save: (number: number): string => `Save run ${number} as a recording`,
    unfinished: 'It can be saved when the run is finished.',
    saved: (name: string, size: string): string => `Saved ${name}, ${size}. Drop it below to play it.`,
    savedAgain: (name: string, size: string): string => `Saved ${name}, ${size}.`,
  },
  handIn: {
    title: 'Hand in',
    about:
      'Your work as one small file for your teacher: your name, settings and seeds, the tasks with their verdicts and ratings, the scores before and after finetuning, and the lessons you began, with your predictions and explanations. Nothing is sent: you hand it over yourself.',
    name: 'Your name, or that of your group',
    nameHelp: 'It stands in the file and on the page of the class.',
    save: 'Make the hand-in',
    saved: (file: string, size: string): string => `Saved ${file}, ${size}.`,
    orCode: 'Or copy this code and paste it where your teacher collects the work. It is the same file.',
    code: 'Code of the hand-in',
    copy: 'Copy the code',
    longCode: 'It is too long for a code to paste: hand in the file.',
  },
  formats: {
    title: 'Format',
    everything: 'Everything in one file',
    finetuning: 'For finetuning',
    paper: "The paper's files",
    research: 'For reading and research',
    restoring: 'To restore later',
    passport: {
      title: 'Data passport',
      note: 'the data in several formats with training and validation parts, dataset card, trainer settings, manifest',
    },
    backup: {
      title: 'Whole-run backup',
      note: 'the run with all decisions and raw completions; it can be restored here',
    },
  },
  rows: {
    label: 'Rows',
    machineOnly: 'Machine only',
    withSeeds: 'With seeds',
    noSeeds: 'Machine instructions only: seed tasks have no neighbours or exemplars to record.',
    wholeRun: 'Everything that is stored of the run.',
    noneRejected: 'No task of this run was rejected in Review, so none is left out.',
    leaveOut: (tasks: number): string => `Leave out ${counted(tasks, 'task')} rejected in Review`,
    leaveOutNote: 'Rejected by at least one rater and accepted by none.',
    noneNamed: 'No task of this run has words for a classroom.',
    include: (tasks: number): string => `Include ${counted(tasks, 'task')} with words for a classroom`,
    includeNote: 'They are hidden in class. Without this they stay out of the file.',
    namedInWhole: (tasks: number): string =>
      `${counted(tasks, 'task')} with words for a classroom ${tasks === 1 ? 'is' : 'are'} part of the whole run.`,
    /** What a saved file has of them. */
    named: (tasks: number, included: boolean): string =>
      `${counted(tasks, 'task')} with words for a classroom ${tasks === 1 ? 'is' : 'are'} ${included ? 'in it' : 'left out'}.`,
    ask: {
      title: 'Save hidden tasks too?',
      text: (tasks: number): string =>
        `This file contains ${counted(tasks, 'task')} with words for a classroom, which ${tasks === 1 ? 'is' : 'are'} hidden here.`,
      action: 'Save with them',
      safe: 'Do not save',
    },
  },
  preview: {
    byteOrderMark: 'With a byte order mark',
    byteOrderMarkNote: 'Excel needs it to read letters beyond ASCII; some other programs take it for text.',
    title: 'Preview',
    label: 'First rows of the file',
    reading: 'Reading the first rows.',
    rows,
    about: (text: string): string => `≈ ${text}`,
    unknownSize: 'size known after packing',
  },
  file: {
    moreCharacters: (number: number): string => ` … ${counted(number, 'more character')}`,
    more: 'The file continues.',
  },
  passport: {
    title: 'Contents',
    formats: 'Data formats',
    share: 'Held out for validation',
    noShare: 'None',
    splitSeed: 'Split seed',
    backup: 'Whole-run backup, so that the run can be restored here',
    note: "The split is by instruction: all instances of an instruction are in the same part. A dataset card, settings for axolotl, LLaMA-Factory, TRL and Unsloth, the run's manifest and its ratings are always included.",
  },
  passportFiles: {
    title: 'Files',
    rows,
    manifest: 'model, settings, prompts, figures, checksums',
    importedManifest: 'origin, figures, checksums',
    ratings: (number: number): string => counted(number, 'rating'),
    backup: 'the whole run',
    show: 'Show',
    texts: 'Card and settings',
    data: 'Data, first rows',
    content: (path: string): string => `Content of ${path}`,
  },
  checks: {
    title: 'Checks',
    checking: 'Checking all rows',
    allPass: 'All checks pass',
    requiredPass: 'All required checks pass',
    failing: (number: number): string => `${counted(number, 'check')} ${number === 1 ? 'fails' : 'fail'}`,
    met: 'Passes',
    notMet: 'Fails',
    note: 'Note',
    first: (failing: number): string => `${count(failing)} fail; the first:`,
    editInPool: 'You can edit them in the Pool.',
  },
  imports: {
    title: 'Import data',
    drop: 'Drop a backup, a passport, a snapshot, a recording, a hand-in or a data set here',
    formats:
      "Alpaca, ShareGPT, OpenAI chat, prompts and completions, CSV, Parquet, the paper's JSONL files, or a passport (zip). The format is detected from the content. The whole file is checked before anything is stored.",
    inRecording: 'Close the recording to import a file: what is made in it is removed with it.',
    checking: (file: string): string => `Checking ${file}`,
    storing: (name: string): string => `Storing ${name}`,
    storingRun: (number: number): string => `Storing run ${number}`,
    imported: (tasks: number, ratings: number): string =>
      `{run} now contains the data set: ${counted(tasks, 'task')}${withRatings(ratings)}.`,
    restored: (tasks: number, candidates: number, requests: number, ratings: number): string =>
      `{run} is restored: ${counted(tasks, 'task')}, ${counted(candidates, 'candidate')}, ${counted(requests, 'request')}${withRatings(ratings)}.`,
    run,
    lessonsLeftOut: (lessons: number): string =>
      `Answers to ${counted(lessons, 'lesson')} of the file were left out, for other answers to ${lessons === 1 ? 'it' : 'them'} are on this device. Remove those on the Lessons screen and drop the file again to have the others.`,
    openPool: 'Open its pool',
    openLater: 'You can open it once the current run is paused.',
  },
  snapshot: {
    title: (at: number): string => `Snapshot of ${date.format(at)}`,
    holds: (content: string): string => `A snapshot of everything: ${content}.`,
    cut: 'Its end is damaged; it is restored up to this date.',
    inMemory: 'This tab keeps everything in memory, so a snapshot cannot be restored here.',
    active: 'You can restore it once the current run is paused.',
    restore: 'Restore this snapshot',
    discard: 'Discard',
    question: 'Show this snapshot in place of what is here?',
    replaced:
      'Everything that is stored here is replaced by the snapshot: runs, ratings, seed sets, evaluations, finetunings and settings. Save what is here first if you may want it back.',
    saveFirst: 'Save what is here',
    safe: 'Back',
  },
  report: {
    summary: (title: string, bad: number): string =>
      `${title}: {found}${bad > 0 ? `; ${counted(bad, 'bad row')} left out` : ''}.`,
    found: (tasks: number, rowCount: number): string =>
      `${counted(tasks, 'task')}, ${counted(rowCount, 'row')}`,
    ratings: (ratings: number, raters: number): string =>
      `${counted(ratings, 'rating')} by ${counted(raters, 'rater')} will be imported with them.`,
    repeatedIds: (tasks: number): string =>
      tasks === 1
        ? 'One task repeats the id of another; it is imported under a new id.'
        : `${count(tasks)} tasks repeat the id of another; they are imported under new ids.`,
    untyped: 'The file does not say which tasks are classification tasks.',
    neighbours: 'Neighbours that are not tasks of the file, such as seeds, are left out.',
    chat: 'The format does not separate instruction and input, so each question becomes an instruction.',
    unread: 'Left out, because tasks have no such fields:',
    noName: '(no name)',
    /** Of rows that are imported as they are. */
    odd: {
      half: (rows: number, first: number): string =>
        `${oddRows(rows, first, 'half of a character (a lone surrogate)')} It is kept, also in JSON files; in CSV and Parquet files it becomes �.`,
      control: (rows: number, first: number): string =>
        `${oddRows(rows, first, 'NUL or another control character')} It is kept.`,
      hidden: (rows: number, first: number): string =>
        `${oddRows(rows, first, 'invisible or direction-changing characters')} They are kept.`,
      longId: (rows: number, first: number): string =>
        `${oddRows(rows, first, 'a number with too many digits as its id')} The id is not used.`,
      wholePrompt: (rows: number, first: number): string =>
        `${oddRows(rows, first, 'a prompt without the row it was made of')} Nothing tells where its instruction ends and its input begins, so the whole prompt becomes the instruction.`,
    },
    oddIn: (sentence: string): string => `${sentence} The first row is in {file}.`,
    badRows: 'Bad rows',
    line: 'Line',
    reason: 'Why it is left out',
    make: (tasks: number): string => `Import ${counted(tasks, 'task')} as a run`,
    discard: 'Discard',
    saveBadRows: 'Save the list of bad rows',
    fileName: 'bad-rows.txt',
    fileLine: (file: string, line: number, reason: string): string => `${file}, row ${line}: ${reason}`,
  },
} as const;
