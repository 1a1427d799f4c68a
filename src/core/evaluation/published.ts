/** What the paper and its released predictions say (ALGORITHM section 6), to be shown beside our figures and never mixed with them. */

export interface PublishedModel {
  readonly name: string;
  /** ROUGE-L x 100 on the paper's own 252 user tasks, computed from the released predictions. */
  readonly userTasks: number;
  /** ROUGE-L x 100 on SuperNI, 119 tasks with 100 instances each; null where none was published. */
  readonly superNI: number | null;
}

/** In the order of the paper's human ratings. */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  { name: 'GPT3', userTasks: 2.7, superNI: 6.8 },
  { name: 'GPT3 + T0', userTasks: 16.8, superNI: 37.9 },
  { name: 'GPT3 + SuperNI', userTasks: 25.3, superNI: 49.5 },
  { name: 'Self-Instruct + SuperNI', userTasks: 26.8, superNI: 51.6 },
  { name: 'GPT3 Self-Instruct', userTasks: 27.6, superNI: 39.9 },
  { name: 'InstructGPT-001', userTasks: 28.3, superNI: 40.8 },
  { name: 'InstructGPT-002', userTasks: 33.0, superNI: null },
  { name: 'InstructGPT-003', userTasks: 33.0, superNI: null },
];
/** What GPT3 gained by Self-Instruct in the paper, ROUGE-L points on the user tasks and on SuperNI. */
export const PUBLISHED_GAIN = { userTasks: 24.9, superNI: 33.1 };
