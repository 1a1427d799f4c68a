/** A prompt taken apart by what each piece is for, as it is shown step by step. */
import { isSeedId } from '../ids';
import type { ModelCall } from '../run';

/** `open` is what the model continues, or what it is told to do at the end. */
export type PromptPartKind = 'header' | 'seed' | 'machine' | 'example' | 'open';
export interface PromptPart {
  readonly kind: PromptPartKind;
  /** With the line breaks that follow; all texts together are the prompt. */
  readonly text: string;
}

/** The parts in order. A list has a line for each exemplar; other prompts have a block for each example. */
export function promptParts({
  stage,
  prompt,
  exemplars,
}: Pick<ModelCall, 'stage' | 'prompt' | 'exemplars'>): readonly PromptPart[] {
  const pieces = (text: string, between: RegExp): string[] =>
    text.split(between).filter((part) => part !== '');
  const [header = '', ...blocks] = pieces(prompt, /(?<=\n\n)/u);
  const parts: PromptPart[] = header === '' ? [] : [{ kind: 'header', text: header }];
  if (stage !== 'instructions') {
    for (const [i, text] of blocks.entries()) {
      parts.push({ kind: i === blocks.length - 1 ? 'open' : 'example', text });
    }
    return parts;
  }
  for (const [i, text] of pieces(blocks.join(''), /(?<=\n)/u).entries()) {
    const id = exemplars[i];
    parts.push({ kind: id === undefined ? 'open' : isSeedId(id) ? 'seed' : 'machine', text });
  }
  return parts;
}
