/** The prompt that asks whether an instruction is a classification task (paper, appendix table 6; own wording). */
import { CLASSIFICATION_EXAMPLES } from './examples';
import { shownInstruction } from './instruction-prompt';

const HEADER =
  'For each task, say whether it is a classification task, where the answer is one of a few fixed labels.';

/** @param shots examples shown, from the start of the list, which is balanced. */
export function classificationPrompt(
  instruction: string,
  shots: number,
): { prompt: string; stop: readonly string[] } {
  const examples = CLASSIFICATION_EXAMPLES.slice(0, shots).map(
    (example) => `Task: ${example.instruction}\nClassification: ${example.isClassification ? 'Yes' : 'No'}`,
  );
  const question = `Task: ${shownInstruction(instruction)}\nClassification:`;
  return { prompt: [HEADER, ...examples, question].join('\n\n'), stop: ['\n', 'Task'] };
}
