/** Examples as token ids, with the border from which on the loss counts (docs/ALGORITHM.md, section 5). */
import type { TrainingExample } from './training';

/** An example as token ids. */
export interface EncodedExample {
  /** Prompt, completion and the end-of-text token. */
  readonly ids: readonly number[];
  /** Index of the first token that the loss counts. */
  readonly completionStart: number;
}

/** What is needed of a tokenizer. */
export interface TokenIds {
  /** A text that opens a document: models that want a beginning token get it. */
  encodePrompt(text: string): readonly number[];
  encode(text: string): readonly number[];
  /** Ends a text. */
  readonly endId: number;
  readonly endText: string;
}

/** The model's own end token closes the completion, whatever the text says there. */
export function encodeExample({ prompt, completion }: TrainingExample, tokens: TokenIds): EncodedExample {
  const text = completion.endsWith(tokens.endText) ? completion.slice(0, -tokens.endText.length) : completion;
  const start = tokens.encodePrompt(prompt);
  // Without a first token there is nothing to predict the completion from.
  const opening = start.length > 0 ? start : [tokens.endId];
  return { ids: [...opening, ...tokens.encode(text), tokens.endId], completionStart: opening.length };
}
