/**
 * The tokenizer of a Hugging Face model (tokenizer.json) as entries of a GGUF file. Byte-level BPE only, as in all Llamas
 * after the second. llama.cpp identifies pre-tokenisation by name, so one without a name here is refused: with a wrong one
 * the model would get other tokens than in training.
 */
import * as v from 'valibot';
import { badFile } from './bad-file';
import type { GgufEntry } from './gguf-writer';
import type { LlamaConfig } from './llama-config';
import { checkVocabulary, type TokenizerFile } from './tokenizer-file';
import { WORDS } from './words';

/** Kinds of tokens in GGUF. */
const NORMAL = 1;
export const CONTROL = 3;
export const USER_DEFINED = 4;
export const UNUSED = 5;

/** Ways of cutting, by llama.cpp's names. */
const ByteLevel = (ownPattern: boolean) =>
  v.object({
    type: v.literal('ByteLevel'),
    add_prefix_space: v.literal(false),
    use_regex: ownPattern ? v.optional(v.literal(true)) : v.literal(false),
  });
/** How Llama 3 cuts text. */
export const LLAMA_3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const sequence = <const T extends v.TupleItems>(...items: T) =>
  v.object({ type: v.literal('Sequence'), pretokenizers: v.strictTuple(items) });
const CUTS = [
  { name: 'gpt-2', ignoreMerges: false, form: ByteLevel(true) },
  {
    name: 'smollm',
    ignoreMerges: false,
    form: sequence(
      v.object({ type: v.literal('Digits'), individual_digits: v.literal(true) }),
      ByteLevel(true),
    ),
  },
  {
    name: 'llama-bpe',
    ignoreMerges: true,
    form: sequence(
      v.object({
        type: v.literal('Split'),
        pattern: v.object({ Regex: v.literal(LLAMA_3) }),
        behavior: v.literal('Isolated'),
        invert: v.optional(v.literal(false)),
      }),
      ByteLevel(false),
    ),
  },
] as const;

const unfit = (detail: string): Error => badFile(WORDS.tokenizer.notForGguf(detail));

/** @throws AppError bad-file when the tokenizer does not fit the model, or llama.cpp would read it otherwise */
export function tokenizerEntries(tokenizer: TokenizerFile, config: LlamaConfig): GgufEntry[] {
  checkVocabulary(tokenizer, config);
  const { tokens, types } = vocabulary(tokenizer, config.vocabSize);
  const entries: GgufEntry[] = [
    { key: 'tokenizer.ggml.model', type: 'string', value: 'gpt2' },
    { key: 'tokenizer.ggml.pre', type: 'string', value: nameOfCut(tokenizer) },
    { key: 'tokenizer.ggml.tokens', type: 'strings', value: tokens },
    { key: 'tokenizer.ggml.token_type', type: 'i32s', value: types },
    { key: 'tokenizer.ggml.merges', type: 'strings', value: merges(tokenizer) },
  ];
  if (config.bosId !== null)
    entries.push({ key: 'tokenizer.ggml.bos_token_id', type: 'u32', value: config.bosId });
  if (config.eosId !== null)
    entries.push({ key: 'tokenizer.ggml.eos_token_id', type: 'u32', value: config.eosId });
  entries.push({ key: 'tokenizer.ggml.add_bos_token', type: 'bool', value: beginsWithBos(tokenizer) });
  return entries;
}

function vocabulary(
  { texts, added_tokens: added }: TokenizerFile,
  vocabSize: number,
): { tokens: string[]; types: number[] } {
  // Rows of the embedding that no text leads to; llama.cpp wants a name for each.
  const tokens = Array.from({ length: vocabSize }, (_, at) => texts.get(at) ?? `[PAD${at}]`);
  const types = Array.from({ length: vocabSize }, (_, at): number => (texts.has(at) ? NORMAL : UNUSED));
  for (const { id: at, special } of added) types[at] = special ? CONTROL : USER_DEFINED;
  return { tokens, types };
}

function merges({ model }: TokenizerFile): string[] {
  return model.merges.map((pair) => {
    const parts = typeof pair === 'string' ? pair.split(' ') : pair;
    if (parts.length !== 2 || parts.some((part) => part === '' || part.includes(' '))) {
      throw unfit(WORDS.tokenizer.badMerge);
    }
    return parts.join(' ');
  });
}

function nameOfCut({ normalizer, pre_tokenizer: cut, model }: TokenizerFile): string {
  if (
    model.type !== 'BPE' ||
    model.byte_fallback ||
    model.continuing_subword_prefix ||
    model.end_of_word_suffix
  ) {
    throw unfit(WORDS.tokenizer.notByteLevel);
  }
  if (normalizer) throw unfit(WORDS.tokenizer.normalises);
  const found = CUTS.find(
    ({ form, ignoreMerges }) => v.is(form, cut) && ignoreMerges === (model.ignore_merges ?? false),
  );
  if (!found) throw unfit(WORDS.tokenizer.unknownSplit);
  return found.name;
}

const Template = v.object({
  type: v.literal('TemplateProcessing'),
  single: v.tupleWithRest([v.object({ SpecialToken: v.object({ id: v.string() }) })], v.unknown()),
});
/** Whether each text gets the token of its beginning by itself. */
function beginsWithBos({ post_processor: processor }: TokenizerFile): boolean {
  const several = v.safeParse(v.object({ processors: v.array(v.unknown()) }), processor);
  return (several.success ? several.output.processors : [processor]).some((one) => v.is(Template, one));
}
