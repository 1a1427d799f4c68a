/**
 * Finetuning examples from tasks (docs/ALGORITHM.md, section 5): one of 7 layouts with an input or 6 without, drawn for each
 * instance, so that a model learns the task and not the layout.
 */
import { Random, deriveSeed } from '../random';
import { completeSwitches, type Switches } from '../run';
import type { Row } from './rows';

/** One instance as a prompt and the completion to be learned. */
export interface FinetuningExample {
  readonly prompt: string;
  /** Ends with the end-of-text token; the loss counts these tokens alone. */
  readonly completion: string;
}
/** How a run's rows are encoded, where the public code differs from us. */
export type Encoding = Pick<Required<Switches>, 'layoutEnd' | 'completionStart'>;
/** The encoding of a run. */
export function encodingOf(switches: Switches): Encoding {
  const { layoutEnd, completionStart } = completeSwitches(switches);
  return { layoutEnd, completionStart };
}
/** The encoding where no run says another. */
export const OUR_ENCODING: Encoding = { layoutEnd: 'line', completionStart: 'space' };

/** @param end of two layouts */
type Layout = (instruction: string, input: string, end: string) => string;
const ENDS: Readonly<Record<Encoding['layoutEnd'], string>> = { line: '\n', 'blank-line': '\n\n' };

const WITH_INPUT: readonly Layout[] = [
  (instruction, input) => `${instruction}\nInput: ${input}\nOutput:`,
  (instruction, input) => `${instruction}\n\nInput: ${input}\n\nOutput:`,
  (instruction, input) => `Task: ${instruction}\nInput: ${input}\nOutput:`,
  (instruction, input) => `${instruction}\n\n${input}\n\nOutput:`,
  (instruction, input, end) => `${instruction}\n\n${input}${end}`,
  (instruction, input, end) => `${instruction}\n${input}${end}`,
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

/** One of the seven layouts with an input and one of the six without, by their places in the lists. */
export interface LayoutChoice {
  readonly withInput: number;
  readonly withoutInput: number;
}
/** How many layouts there are (paper, section 2.3). */
export const LAYOUTS = { withInput: WITH_INPUT.length, withoutInput: WITHOUT_INPUT.length };
/** `{instruction}\nInput: {input}\nOutput:` and `{instruction}\nOutput:`. */
export const PLAIN_LAYOUT: LayoutChoice = { withInput: 0, withoutInput: 1 };

/** The layouts for an input, which may be only white space. */
const layoutsFor = (input: string): readonly Layout[] => (input.trim() === '' ? WITHOUT_INPUT : WITH_INPUT);

/** @throws RangeError when there is no such layout */
export function layoutPrompt(
  choice: LayoutChoice,
  instruction: string,
  input: string,
  { layoutEnd }: Pick<Encoding, 'layoutEnd'> = OUR_ENCODING,
): string {
  const layouts = layoutsFor(input);
  const layout = layouts[layouts === WITH_INPUT ? choice.withInput : choice.withoutInput];
  if (!layout) throw new RangeError('There is no such layout.');
  return layout(instruction.trim(), input.trim(), ENDS[layoutEnd]);
}

/** Whether the prompt is one of the layouts around these texts, in any encoding. */
export const isLayoutOf = (prompt: string, instruction: string, input: string): boolean =>
  Object.values(ENDS).some((end) =>
    layoutsFor(input).some((layout) => layout(instruction.trim(), input.trim(), end) === prompt),
  );

/** The layout depends on the row and the seed alone, so that rows can be encoded as a stream. */
export function drawnLayout(id: string, input: string, seed: number): LayoutChoice {
  const drawn = new Random(deriveSeed(seed, 'layout', id)).below(layoutsFor(input).length);
  return { withInput: drawn, withoutInput: drawn };
}

/** One row in the layout drawn for it by its id and the seed. */
export function encodeRow(
  row: Row,
  seed: number,
  encoding: Encoding = OUR_ENCODING,
  endOfText = '<|endoftext|>',
): FinetuningExample {
  const prompt = layoutPrompt(drawnLayout(row.id, row.input, seed), row.instruction, row.input, encoding);
  const space = encoding.completionStart === 'space' || prompt.endsWith('Output:') ? ' ' : '';
  return { prompt, completion: `${space}${row.output.trim()}${endOfText}` };
}
