/** Our own few-shot examples, in simple English. None equals a seed task or a held-out task (a test checks it). */
import type { Instance } from '../task';
import examples from './examples.json';

/** An instruction with its type. */
interface ClassificationExample {
  readonly instruction: string;
  readonly isClassification: boolean;
}
/** An instruction with its instances. */
interface InstanceExample {
  readonly instruction: string;
  readonly instances: readonly Instance[];
}

/** 12 classification tasks and 19 others; every beginning of the list is balanced. */
export const CLASSIFICATION_EXAMPLES: readonly ClassificationExample[] = examples.classification;
/** Input-first examples; 4 of the 11 need no input. */
export const INPUT_FIRST_EXAMPLES: readonly InstanceExample[] = examples.inputFirst;
/** Output-first examples: one to four labels each. */
export const OUTPUT_FIRST_EXAMPLES: readonly InstanceExample[] = examples.outputFirst;
