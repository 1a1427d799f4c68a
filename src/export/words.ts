/** What formats, their checks and the steps of writing are called. */
export const WORDS = {
  /** The page that goes to an expert. */
  correctionPage: {
    title: (run: number): string => `Tasks of run ${run}, to be corrected`,
    lead: 'Change any text that is wrong or could be better; leave the others as they are. Then save your corrections and send that file back. Nothing leaves this computer, and no network is needed. What you change is also kept in this browser, where it allows that.',
    tasks: 'Tasks',
    before: 'Back',
    next: 'Next',
    page: 'Page',
    of: (pages: number): string => `of ${pages}`,
    save: 'Save my corrections',
    noScript:
      'This page needs JavaScript, which this browser has switched off. Ask for the tasks as CSV instead.',
    fields: { instruction: 'Instruction', input: 'Input', output: 'Output' },
    /** In these, {0} and {1} are values. */
    script: {
      task: 'Task {0}, instance {1}',
      changed: '{0} changed',
      saved: '{0} saved as {1}. Send that file back.',
    },
  },
  /** Title and note of each format. */
  formats: {
    alpaca: { title: 'Alpaca', note: 'instruction, input, output' },
    'openai-chat': { title: 'OpenAI chat', note: 'messages with roles' },
    sharegpt: { title: 'ShareGPT', note: 'conversations, human and gpt' },
    'prompt-completion': {
      title: 'Prompt and completion',
      note: "the paper's finetuning file, with the row that each prompt was made of",
    },
    instances: { title: 'Instances', note: "the paper's file of instances" },
    'machine-instructions': {
      title: 'Machine instructions',
      note: "the paper's file, with the most similar instructions",
    },
    'seed-tasks': { title: 'Seed tasks', note: "the paper's seed file; can be the seeds of another run" },
    csv: { title: 'CSV', note: 'for spreadsheets; cells that look like formulas get an apostrophe in front' },
    dataset: {
      title: 'Data set with origins',
      note: 'each task with its neighbours and exemplars; the same seed gives the same file',
    },
    parquet: { title: 'Parquet', note: 'typed columns, with ids and parents' },
  },
  checks: {
    textFields: (keys: readonly string[]): string => `Each row has ${keys.join(', ')} as text`,
    notEmpty: (key: string): string => `No ${key} is empty`,
    turns: (list: string, role: string, content: string): string =>
      `Each row has a list "${list}" with "${role}" and "${content}"`,
    roles: (roles: readonly string[]): string => `Roles alternate: ${roles.join(', then ')}`,
    noEmptyMessage: 'No message is empty',
    leadingSpace: 'Each completion begins with a space or follows a line break',
    noEmptyCompletion: 'No completion is empty before its end token',
    endToken: 'Each completion ends with the end token',
    wholeCharacters:
      'No text has half of a character (a lone surrogate): this file has no form for it, so � is written',
    noEscapes: 'No text has NUL or half of a character (a lone surrogate): JSON has an escape for them',
    noNul: 'No cell has a NUL character',
    shortCells: (max: number): string => `No cell is longer than ${max} characters`,
    instances: 'Each task has an instance with an output',
    uniqueTasks: 'No task is repeated',
    uniqueRows: 'No row is repeated',
    rows: 'The file has rows',
    manyRows: (min: number): string => `The file has at least ${min} rows`,
    bothSides: 'Both sides have rows',
  },
  /** Who requires it. */
  by: {
    alpaca: 'LLaMA-Factory and axolotl, alpaca',
    chat: 'OpenAI, axolotl chat_template',
    sharegpt: 'LLaMA-Factory, sharegpt',
    paper: 'the paper',
    paperFile: "the paper's file",
    seedFile: 'the seed file',
    tableTrainers: 'trainers that read tables',
    typedColumns: 'readers of typed columns',
    utf8: 'UTF-8',
    strictJson: 'pyarrow, datasets and other strict readers',
    tables: 'readers that end a text at NUL',
    spreadsheets: 'Excel and LibreOffice',
    app: 'this app',
    repeated: 'training would count it twice',
    everyTrainer: 'every trainer',
    openai: 'OpenAI',
  },
  progress: { file: (path: string): string => `Writing ${path}`, backup: 'Writing the backup' },
} as const;
