/** Why a file or a line of it is refused, and what the formats are called. Reasons are clauses: they follow a colon. */

const shapes = {
  'openai-chat': 'OpenAI chat messages',
  sharegpt: 'ShareGPT conversations',
  'prompt-completion': 'prompts and completions',
  dataset: 'a data set with origins',
  'seed-tasks': 'tasks with instances, like the seed file',
  rows: 'rows with instruction, input and output (Alpaca)',
  'machine-instructions': "machine instructions, like the paper's file",
  types: "instructions with their types, like the paper's file",
} as const;
const lineReason = (line: number, reason: string): string => `line ${line}: ${reason}`;

export const WORDS = {
  shapes,
  empty: 'it is empty',
  lineReason,
  /** After a sentence, as another one. */
  firstProblem: (line: number, reason: string): string => ` Line ${line}: ${reason}.`,
  data: {
    title: (container: string, shape: keyof typeof shapes): string => `${container}, ${shapes[shape]}`,
    containers: { json: 'JSON', csv: 'CSV', parquet: 'Parquet' },
    notDataSet: (file: string, reason: string): string => `“${file}” is not a readable data set: ${reason}.`,
    firstRow: (line: number, reason: string): string => `row ${line}: ${reason}`,
    noRows: 'it has no rows',
    again: (name: string, n: number): string => `${name} (column ${n} of this name)`,
    noneInArchive: (file: string): string => `“${file}” contains no readable data set.`,
    cells: (cells: number, expected: number): string =>
      `it has ${cells} ${cells === 1 ? 'cell' : 'cells'}, but the first line has ${expected}`,
  },
  parquet: {
    manyRows: (max: number): string => `it has more than ${max} rows`,
    noColumns: 'none of its columns belongs to a known format',
    noEnd: 'its end is missing, so the file is incomplete',
    largeFooter: 'its list of columns and row groups is larger than 4 MB. Save it with larger row groups',
    damaged: 'its list of columns and row groups is damaged',
    damagedAt: (row: number): string => `it is damaged: the rows from row ${row} on cannot be read`,
    ratio: (row: number): string =>
      `up to row ${row} it unpacks to more than 200 times its size, as no data set does. Nothing was imported`,
    group: (row: number): string =>
      `the row group with row ${row} unpacks to more than 512 MB. Save the file with smaller row groups`,
  },
  row: {
    unknownKeys: 'its keys match none of the known formats',
    superNI:
      'it is a task of Super-NaturalInstructions, which models are tested on. Open the file on the Evaluate screen, under your own tasks',
    otherShape: (expected: keyof typeof shapes): string =>
      `it differs from the rows before: ${shapes[expected]}`,
    noInstruction: 'the instruction is empty',
    turnOrder: 'a conversation must begin with the user, followed by the assistant',
    manyTurns: (turns: number): string => `it has ${turns} turns; a task has one question and one answer`,

    repeatedId: (id: string): string => `the id ${id} appears twice`,
  },
  raters: {
    refused: (file: string, reason: string): string => `“${file}” cannot be merged: ${reason}.`,
    manyRatings: (max: number): string => `it has more than ${max} ratings`,
    otherRun: 'its ratings belong to another run',
    notGrades: 'it is not a JSONL or CSV file',
    otherSet: (tasks: number): string =>
      `its grades belong to another task set than the ${tasks} tasks of this evaluation, so they cannot be compared`,
    noGrade: (line: number, reason: string): string =>
      `none of its lines is a grade (${lineReason(line, reason)})`,
  },
  corrections: {
    notCsv: 'it is not a CSV file',
    none: (line: number, reason: string): string =>
      `none of its lines is a correction (${lineReason(line, reason)})`,
  },
  backup: {
    refused: (file: string, reason: string): string => `“${file}” cannot be restored: ${reason}.`,
    cutInLine: (line: number): string => `it ends in the middle of line ${line}, so it is incomplete`,
    cut: 'it has no last line, so it is incomplete (an unfinished download or copy?)',
    afterEnd: 'there is another line after the last one',
    notRow: 'this is not a row of a backup',
    changed: 'the row was changed or damaged after it was written',
    manyRows: (max: number): string => `there are more than ${max} rows`,
    counts: (stated: string, found: string): string => `the file states ${stated}, but has ${found}`,
    rows: (tasks: number, candidates: number, calls: number, ratings: number): string =>
      `${tasks} tasks, ${candidates} candidates, ${calls} requests and ${ratings} ratings`,
    otherCounters: 'the counters belong to another run',
    wrongCounters: 'the counters do not match the rows',
    otherRun: 'the row belongs to another run',
    foreignId: (id: string): string => `it refers to ${id}, which belongs to another run`,
    wrongId: (id: string): string => `its id ${id} does not match its position`,
  },
  recording: {
    refused: (file: string, reason: string): string => `“${file}” cannot be played: ${reason}.`,
    notPacked: 'it is not a recording of this app',
    damaged: 'it cannot be unpacked: it is damaged or incomplete',
    large: 'it unpacks to more than 64 MB, as no recording does',
    muchWork: (max: number): string => `it has more than ${max} finetunings and evaluations`,
    otherRun: 'a finetuning in it belongs to another run',
  },
  handIn: {
    refused: (file: string, reason: string): string => `“${file}” cannot be opened: ${reason}.`,
    damaged: 'it cannot be unpacked: it is damaged or incomplete',
    large: 'it unpacks to more than 16 MB, as no hand-in does',
    manyTasks: (max: number): string => `it has more than ${max} tasks`,
    notCode: 'it does not begin as the code of a hand-in does, or has other characters',
    /** In place of a file's name. */
    code: 'The pasted code',
  },
  tasks: {
    none: (files: readonly string[], why: string): string =>
      `No task to ask was found in ${files.length === 1 ? `“${files[0] ?? ''}”` : `${files.length} files`}.${why}`,
    longObject: 'one object is longer than 64 MB',
    noAnswers: (file: string, why: string): string => `“${file}” answers no task of this set.${why}`,
    otherTasks: (answers: number): string => ` Its ${answers} answers belong to other tasks.`,
  },
} as const;
