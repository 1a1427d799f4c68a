/** The prompt that makes a model continue a numbered list of instructions (paper, appendix table 5; own wording). */
import type { Switches } from '../run';

const HEADER = 'Here is a list of different tasks.';
const CLASSIFICATION_HEADER =
  'Here is a list of different classification tasks. Each one names its possible labels.';
/** New instructions asked for in one request; the next number ends the answer. */
export const NEW_INSTRUCTIONS = 8;

/** White space collapsed, trailing colon removed, as the list shows an instruction. */
export function shownInstruction(text: string): string {
  const shown = text.replace(/\s+/gu, ' ').trim();
  let end = shown.length;
  while (shown[end - 1] === ':' || shown[end - 1] === ' ') end--;
  return shown.slice(0, end);
}

/** The prompt for new instructions, with where the completion stops. */
export function instructionPrompt(
  exemplars: readonly { readonly instruction: string }[],
  classificationOnly: boolean,
  switches: Pick<Switches, 'stopAtSixteen' | 'listForm'>,
): { prompt: string; stop: readonly string[] } {
  const number = (n: number): string => (switches.listForm === 'number' ? `${n}.` : `Task ${n}:`);
  const lines = exemplars.map(({ instruction }, i) => `${number(i + 1)} ${shownInstruction(instruction)}`);
  const header = classificationOnly ? CLASSIFICATION_HEADER : HEADER;
  const prompt = `${header}\n\n${[...lines, number(exemplars.length + 1)].join('\n')}`;
  const last = exemplars.length + NEW_INSTRUCTIONS;
  const stop = ['\n\n', `\nTask ${last}`, `\n${last}`];
  return { prompt, stop: switches.stopAtSixteen === 'anywhere' ? [...stop, `${last}.`, `${last} .`] : stop };
}
