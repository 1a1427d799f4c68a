/** Figures of the paper and its released predictions (docs/ALGORITHM.md, section 6), shown beside ours, never mixed with them. */

export interface PublishedModel {
  readonly name: string;
  /** ROUGE-L x 100 on the paper's own 252 user tasks, computed from the released predictions. */
  readonly userTasks: number;
  /** ROUGE-L x 100 on SuperNI, 119 tasks with 100 instances each; null where none was published. */
  readonly superNI: number | null;
  /** Human grades A, B, C, D of its 252 answers to the paper's user tasks. */
  readonly grades: readonly [number, number, number, number];
}

/** In the order of the paper's human ratings. */
export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  { name: 'GPT3', userTasks: 2.7, superNI: 6.8, grades: [1, 0, 64, 187] },
  { name: 'GPT3 + T0', userTasks: 16.8, superNI: 37.9, grades: [44, 31, 59, 118] },
  { name: 'GPT3 + SuperNI', userTasks: 25.3, superNI: 49.5, grades: [74, 30, 80, 68] },
  { name: 'Self-Instruct + SuperNI', userTasks: 26.8, superNI: 51.6, grades: [83, 54, 84, 31] },
  { name: 'GPT3 Self-Instruct', userTasks: 27.6, superNI: 39.9, grades: [112, 49, 66, 25] },
  { name: 'InstructGPT-001', userTasks: 28.3, superNI: 40.8, grades: [128, 45, 61, 18] },
  { name: 'InstructGPT-002', userTasks: 33.0, superNI: null, grades: [168, 40, 34, 10] },
  { name: 'InstructGPT-003', userTasks: 33.0, superNI: null, grades: [192, 30, 28, 2] },
];
/** What GPT3 gained by Self-Instruct in the paper, ROUGE-L points on the user tasks and on SuperNI. */
export const PUBLISHED_GAIN = { userTasks: 24.9, superNI: 33.1 };
/** Data size in the paper (section 4.5): answers of grade A, in percent, by what GPT3 was finetuned on. */
export const PUBLISHED_SIZES = { seeds: 31, all: 44.4, enough: 16_000 } as const;
