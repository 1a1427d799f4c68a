/** The tokenizer of a Hugging Face model (tokenizer.json), read and checked in one place for all that use it. */
import * as v from 'valibot';
import { TOKENIZER_FILE } from '../core/models/stored-model';
import { badFile } from './bad-file';
import { readJson } from './json-file';
import type { LlamaConfig } from './llama-config';
import { WORDS } from './words';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(4_000_000));
const Tokenizer = v.object({
  normalizer: v.nullish(v.unknown()),
  pre_tokenizer: v.unknown(),
  post_processor: v.nullish(v.unknown()),
  added_tokens: v.optional(
    v.array(v.object({ id, content: v.string(), special: v.optional(v.boolean(), false) })),
    [],
  ),
  model: v.object({
    // Old files leave the type out.
    type: v.optional(v.string(), 'BPE'),
    // Not a record: that would drop tokens such as "constructor".
    vocab: v.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
    merges: v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])),
    byte_fallback: v.nullish(v.boolean()),
    ignore_merges: v.nullish(v.boolean()),
    continuing_subword_prefix: v.nullish(v.string()),
    end_of_word_suffix: v.nullish(v.string()),
  }),
});

/** A byte-pair tokenizer whose parts were checked. */
export interface TokenizerFile extends v.InferOutput<typeof Tokenizer> {
  /** All that the file holds, also what is not checked here. */
  readonly json: object;
  /** The text of each token by its number, added tokens too. */
  readonly texts: ReadonlyMap<number, string>;
}

/** @throws AppError bad-file when it is damaged or of another kind */
export async function readTokenizer(file: Blob): Promise<TokenizerFile> {
  return checkTokenizer(await readJson(file, TOKENIZER_FILE));
}

/** The same for a file that was parsed already. @throws AppError bad-file */
export function checkTokenizer(json: unknown): TokenizerFile {
  const parsed = v.safeParse(Tokenizer, json);
  if (!parsed.success) {
    throw badFile(WORDS.tokenizer.damaged);
  }
  const { model, added_tokens: added } = parsed.output;
  const texts = new Map<number, string>();
  const put = (number: unknown, token: string): void => {
    if (!v.is(id, number)) throw badFile(WORDS.tokenizer.badNumber);
    if ((texts.get(number) ?? token) !== token) {
      throw badFile(WORDS.tokenizer.repeated(number));
    }
    texts.set(number, token);
  };
  for (const [token, number] of Object.entries(model.vocab) as [string, unknown][]) put(number, token);
  for (const { id: number, content } of added) put(number, content);
  return { ...parsed.output, json: json as object, texts };
}

/** @throws AppError bad-file when it has tokens that the model does not know */
export function checkVocabulary({ texts }: TokenizerFile, { vocabSize }: LlamaConfig): void {
  let largest = -1;
  for (const number of texts.keys()) largest = Math.max(largest, number);
  if (largest < vocabSize) return;
  throw badFile(WORDS.tokenizer.tooLarge(largest, vocabSize));
}
