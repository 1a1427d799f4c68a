/**
 * Finetuning examples from tasks (ALGORITHM section 5): one of 7 layouts with an input or 6 without, drawn for each
 * instance, so that a model learns the task and not the layout.
 */
import { Random, deriveSeed } from '../random';
import type { Row } from './rows';

export interface FinetuningExample {
  readonly prompt: string;
  /** Ends with the end-of-text token; the loss counts these tokens alone. */
  readonly completion: string;
}
type Layout = (instruction: string, input: string) => string;

const WITH_INPUT: readonly Layout[] = [
  (instruction, input) => `${instruction}\nInput: ${input}\nOutput:`,
  (instruction, input) => `${instruction}\n\nInput: ${input}\n\nOutput:`,
  (instruction, input) => `Task: ${instruction}\nInput: ${input}\nOutput:`,
  (instruction, input) => `${instruction}\n\n${input}\n\nOutput:`,
  (instruction, input) => `${instruction}\n\n${input}\n`,
  (instruction, input) => `${instruction}\n${input}\n`,
  (instruction, input) => `Task: ${instruction}\n\n${input}\n\n`,
];
const WITHOUT_INPUT: readonly Layout[] = [
  (instruction) => `${instruction} Output:`,
  (instruction) => `${instruction}\nOutput:`,
  (instruction) => `${instruction}\n\nOutput:`,
  (instruction) => `${instruction}\n`,
  (instruction) => `${instruction}\n\n`,
  (instruction) => `Task: ${instruction}\n\n`,
];

/** The layout depends on the row and the seed alone, so that rows can be encoded as a stream. */
export function encodeRow(row: Row, seed: number, endOfText = '<|endoftext|>'): FinetuningExample {
  const layouts = row.input === '' ? WITHOUT_INPUT : WITH_INPUT;
  const layout = layouts[new Random(deriveSeed(seed, 'layout', row.id)).below(layouts.length)] as Layout;
  return {
    prompt: layout(row.instruction.trim(), row.input.trim()),
    completion: ` ${row.output.trim()}${endOfText}`,
  };
}
