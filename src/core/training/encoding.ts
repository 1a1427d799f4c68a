/** Examples as token ids, with the start of the tokens that the loss counts (docs/ALGORITHM.md, section 5). */
import type { TrainingExample } from './training';

/** An example as token ids. */
export interface EncodedExample {
  /** Prompt, completion and the end-of-text token. */
  readonly ids: readonly number[];
  /** Index of the first token that the loss counts. */
  readonly completionStart: number;
}

/** The used part of a tokenizer. */
export interface TokenIds {
  /** Encodes the start of a document, with a beginning token for models that have one. */
  encodePrompt(text: string): readonly number[];
  encode(text: string): readonly number[];
  /** Ends a text. */
  readonly endId: number;
  readonly endText: string;
}

/** The model's own end token replaces the completion's end mark. */
export function encodeExample({ prompt, completion }: TrainingExample, tokens: TokenIds): EncodedExample {
  const text = completion.endsWith(tokens.endText) ? completion.slice(0, -tokens.endText.length) : completion;
  const start = tokens.encodePrompt(prompt);
  // Without a first token there is nothing to predict the completion from.
  const opening = start.length > 0 ? start : [tokens.endId];
  return { ids: [...opening, ...tokens.encode(text), tokens.endId], completionStart: opening.length };
}
