/**
 * The tokenizer of a Hugging Face model (tokenizer.json) as entries of a GGUF file. Byte-level BPE only, as all Llamas
 * after the second have it. llama.cpp knows how text is cut before merging by a name alone, so a way of cutting that has
 * no name here is refused: with a wrong one the model would read other tokens than it was trained on.
 */
import * as v from 'valibot';
import { badFile } from './bad-file';
import type { GgufEntry } from './gguf-writer';
import type { LlamaConfig } from './llama-config';

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
type TokenizerFile = v.InferOutput<typeof Tokenizer>;

/** Kinds of tokens in GGUF. */
const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

/** Ways of cutting, by llama.cpp's names. */
const ByteLevel = (ownPattern: boolean) =>
  v.object({
    type: v.literal('ByteLevel'),
    add_prefix_space: v.literal(false),
    use_regex: ownPattern ? v.optional(v.literal(true)) : v.literal(false),
  });
const LLAMA_3 =
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

const unfit = (detail: string): Error =>
  badFile(`The tokenizer (tokenizer.json) cannot be written into a GGUF file: ${detail}.`);

/**
 * @param json The parsed tokenizer.json.
 * @param chatTemplate As in tokenizer_config.json or chat_template.jinja; null for base models.
 * @throws AppError bad-file when the tokenizer does not fit the model, or llama.cpp would read it otherwise
 */
export function tokenizerEntries(
  json: unknown,
  config: LlamaConfig,
  chatTemplate: string | null,
): GgufEntry[] {
  const parsed = v.safeParse(Tokenizer, json);
  if (!parsed.success)
    throw badFile('The tokenizer (tokenizer.json) is damaged, or is not of the kind that Llamas use.');
  const tokenizer = parsed.output;
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
  if (chatTemplate !== null)
    entries.push({ key: 'tokenizer.chat_template', type: 'string', value: chatTemplate });
  return entries;
}

function vocabulary(tokenizer: TokenizerFile, vocabSize: number): { tokens: string[]; types: number[] } {
  const tokens: (string | undefined)[] = new Array<string | undefined>(vocabSize).fill(undefined);
  const types = new Array<number>(vocabSize).fill(UNUSED);
  const put = (at: number, token: string, type: number): void => {
    if (at >= vocabSize) throw unfit('it has more tokens than the model');
    if (tokens[at] !== undefined && tokens[at] !== token) {
      throw unfit(`two of its tokens have the number ${at}`);
    }
    tokens[at] = token;
    types[at] = type;
  };
  for (const [token, number] of Object.entries(tokenizer.model.vocab) as [string, unknown][]) {
    if (!v.is(id, number)) throw unfit('one of its tokens has no usable number');
    put(number, token, NORMAL);
  }
  for (const { id: at, content, special } of tokenizer.added_tokens) {
    put(at, content, special ? CONTROL : USER_DEFINED);
  }
  // Rows of the embedding that no text leads to; llama.cpp wants a name for each.
  return { tokens: tokens.map((token, at) => token ?? `[PAD${at}]`), types };
}

function merges({ model }: TokenizerFile): string[] {
  return model.merges.map((pair) => {
    const parts = typeof pair === 'string' ? pair.split(' ') : pair;
    if (parts.length !== 2 || parts.some((part) => part === '' || part.includes(' '))) {
      throw unfit('one of its merges is not of two parts');
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
    throw unfit('it is not a byte-level BPE');
  }
  if (normalizer) throw unfit('it changes text before it reads it');
  const found = CUTS.find(
    ({ form, ignoreMerges }) => v.is(form, cut) && ignoreMerges === (model.ignore_merges ?? false),
  );
  if (!found) throw unfit('llama.cpp has no name for the way in which it cuts text');
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
