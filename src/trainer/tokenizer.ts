/** Token ids by a tokenizer.json that belongs to the model. */
import { Tokenizer } from '@huggingface/tokenizers';
import type { TokenIds } from '../core/training/encoding';
import { badFile } from '../weights/bad-file';
import type { LlamaConfig } from '../weights/llama-config';
import { checkVocabulary, type TokenizerFile } from '../weights/tokenizer-file';
import { WORDS } from './words';

/** Ends texts of most models that name no such token in their configuration. */
const COMMON_END = '<|endoftext|>';

/** Texts to token ids and back, none of which the model does not know. */
export class ModelTokenizer implements TokenIds {
  readonly endId: number;
  readonly endText: string;
  readonly #tokenizer: Tokenizer;
  readonly #vocabSize: number;

  private constructor(tokenizer: Tokenizer, config: LlamaConfig) {
    this.#tokenizer = tokenizer;
    this.#vocabSize = config.vocabSize;
    const endId = config.eosId ?? tokenizer.token_to_id(COMMON_END);
    const endText = endId === undefined ? undefined : tokenizer.id_to_token(endId);
    if (endId === undefined || endText === undefined) {
      throw badFile(WORDS.noEndToken);
    }
    this.endId = endId;
    this.endText = endText;
  }

  /** @throws AppError bad-file when it is not a tokenizer, or one of another model */
  static of(checked: TokenizerFile, config: LlamaConfig): ModelTokenizer {
    checkVocabulary(checked, config);
    let tokenizer: Tokenizer;
    try {
      tokenizer = new Tokenizer(checked.json, {});
      // Some faults show only when it is used.
      tokenizer.encode('A word.');
    } catch (error) {
      throw badFile(WORDS.badTokenizer, error);
    }
    return new ModelTokenizer(tokenizer, config);
  }

  encode(text: string): number[] {
    return this.#checked(this.#tokenizer.encode(text, { add_special_tokens: false }).ids);
  }

  encodePrompt(text: string): number[] {
    const ids = this.#checked(this.#tokenizer.encode(text, { add_special_tokens: true }).ids);
    // Some tokenizers also close what they are given.
    const closed = ids.length > 1 && ids.at(-1) === this.endId && !text.endsWith(this.endText);
    return closed ? ids.slice(0, -1) : ids;
  }

  decode(ids: readonly number[]): string {
    return ids.length === 0 ? '' : this.#tokenizer.decode([...ids], { skip_special_tokens: true });
  }

  #checked(ids: readonly number[]): number[] {
    for (const id of ids) {
      if (!Number.isInteger(id) || id < 0 || id >= this.#vocabSize) {
        throw badFile(WORDS.otherTokenizer);
      }
    }
    return [...ids];
  }
}
