/**
 * The tokenizer that a GGUF file carries, as the tokenizer.json that the Hugging Face layout has: the way back of
 * tokenizer-entries.ts, for the same ways of cutting.
 */
import { badGguf, type GgufHeader, type GgufValue } from './gguf-header';
import { CONTROL, LLAMA_3, UNUSED, USER_DEFINED } from './tokenizer-entries';
import { WORDS } from './words';

const byteLevel = (ownPattern: boolean): object => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: ownPattern,
});
const sequence = (...pretokenizers: readonly object[]): object => ({ type: 'Sequence', pretokenizers });

/** How text is cut before tokens are looked up, by llama.cpp's names. */
const CUTS: Readonly<Record<string, object>> = {
  'gpt-2': byteLevel(true),
  smollm: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)),
  'llama-bpe': sequence(
    { type: 'Split', pattern: { Regex: LLAMA_3 }, behavior: 'Isolated', invert: false },
    byteLevel(false),
  ),
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
function strings(value: GgufValue | undefined): readonly string[] {
  if (!isTexts(value)) throw badGguf(WORDS.gguf.noTokenizer);
  return value;
}

/** The content of a tokenizer.json. @throws AppError bad-file when the file has no byte-level BPE that is known here */
export function ggufTokenizer({ metadata }: GgufHeader): object {
  const entry = (key: string): GgufValue | undefined => metadata.get(`tokenizer.ggml.${key}`);
  const name = entry('pre');
  const cut = typeof name === 'string' && Object.hasOwn(CUTS, name) ? CUTS[name] : undefined;
  if (entry('model') !== 'gpt2' || !cut) throw badGguf(WORDS.gguf.otherTokenizer);
  const tokens = strings(entry('tokens'));
  const types = entry('token_type');
  const listed = Array.isArray(types) ? (types as readonly GgufValue[]) : [];
  const all = tokens.map((content, id) => ({ content, id, type: listed[id] }));
  const added = all.filter(({ type }) => type === CONTROL || type === USER_DEFINED);
  const bos = entry('bos_token_id');
  const first = entry('add_bos_token') === true && typeof bos === 'number' ? tokens[bos] : undefined;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map(({ content, id, type }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: type === CONTROL,
    })),
    normalizer: null,
    pre_tokenizer: cut,
    post_processor:
      first === undefined
        ? null
        : {
            type: 'TemplateProcessing',
            single: [{ SpecialToken: { id: first, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
            pair: [
              { SpecialToken: { id: first, type_id: 0 } },
              { Sequence: { id: 'A', type_id: 0 } },
              { Sequence: { id: 'B', type_id: 1 } },
            ],
            special_tokens: { [first]: { id: first, ids: [bos], tokens: [first] } },
          },
    decoder: byteLevel(true),
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: name === 'llama-bpe',
      vocab: Object.fromEntries(
        all.filter(({ type }) => type !== UNUSED).map(({ content, id }) => [content, id]),
      ),
      merges: strings(entry('merges')),
    },
  };
}
