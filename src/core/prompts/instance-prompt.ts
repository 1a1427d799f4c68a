/**
 * The prompts that ask for inputs and outputs: input-first for open tasks, output-first for classification, because
 * input-first favours one label (paper, section 2.2 and appendix tables 7 and 8; own wording).
 */
import type { Instance } from '../task';
import { INPUT_FIRST_EXAMPLES, OUTPUT_FIRST_EXAMPLES } from './examples';
import { shownInstruction } from './instruction-prompt';

const INPUT_FIRST =
  'For each task, write examples. If the task needs an input, write the input first and then the output. If it needs no input, write only the output.';
const OUTPUT_FIRST =
  'For each classification task, write one example of every label. Write the label first and then an input that has this label.';

const inputFirst = (instances: readonly Instance[]): string =>
  instances
    .map(({ input, output }, i) => `Example ${i + 1}\n${input ? `Input: ${input}\n` : ''}Output: ${output}`)
    .join('\n');

const outputFirst = (instances: readonly Instance[]): string =>
  instances.map(({ input, output }) => `Class label: ${output}\nInput: ${input}`).join('\n');

/** The prompt for instances of one instruction, with where the completion stops. */
export function instancePrompt(
  instruction: string,
  isClassification: boolean,
  shots: number,
): { prompt: string; stop: readonly string[] } {
  const header = isClassification ? OUTPUT_FIRST : INPUT_FIRST;
  const write = isClassification ? outputFirst : inputFirst;
  const examples = (isClassification ? OUTPUT_FIRST_EXAMPLES : INPUT_FIRST_EXAMPLES)
    .slice(0, shots)
    .map((example) => `Task: ${example.instruction}\n${write(example.instances)}`);
  const question = `Task: ${shownInstruction(instruction)}\n`;
  return {
    prompt: [header, ...examples, question].join('\n\n'),
    stop: ['\n\nTask', '\nTask:', '\nExample 6'],
  };
}
