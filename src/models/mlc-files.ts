/**
 * The parts of a model for web-llm: its settings and the list of its tensors, read from untrusted files, and the files that
 * must be beside them.
 */
import * as v from 'valibot';
import { AppError } from '../core/errors';
import { readJson } from '../weights/json-file';
import { pathParts } from './model-folders';
import { WORDS } from './words';

/** What mlc-chat-config.json says, as far as it matters here. */
export interface MlcSettings {
  readonly kind: string;
  readonly quantisation: string;
  /** Tokens; null when it does not say. */
  readonly contextLength: number | null;
  readonly tokenizer: 'tokenizer.json' | 'tokenizer.model';
  /** Whether it knows how turns of a chat are written. */
  readonly hasTemplate: boolean;
}
/** One file of weights. */
export interface MlcShard {
  readonly name: string;
  readonly bytes: number;
  readonly md5: string | null;
}

const MAX_SETTINGS = 4 * 1024 * 1024;
const MAX_LIST = 64 * 1024 * 1024;
const MAX_TOKENIZER = 128 * 1024 * 1024;
/** The whole of a shard is in memory while it is loaded. */
const MAX_SHARD = 2_000_000_000;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Settings = v.object({
  model_type: v.string(),
  quantization: v.string(),
  context_window_size: v.nullish(v.pipe(v.number(), v.safeInteger())),
  tokenizer_files: v.array(v.string()),
  conv_template: v.nullish(v.union([v.string(), v.looseObject({ name: v.nullish(v.string()) })])),
});
const Tensors = v.object({
  records: v.pipe(
    v.array(
      v.object({
        dataPath: v.string(),
        format: v.literal('raw-shard'),
        nbytes: v.pipe(count, v.maxValue(MAX_SHARD)),
        md5sum: v.nullish(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/iu))),
        records: v.array(
          v.object({
            name: v.string(),
            shape: v.pipe(v.array(count), v.maxLength(8)),
            dtype: v.string(),
            format: v.string(),
            nbytes: count,
            byteOffset: count,
          }),
        ),
      }),
    ),
    v.minLength(1),
  ),
});
/** Bytes of one number. */
const WIDTHS: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  uint32: 4,
  int32: 4,
  uint16: 2,
  int16: 2,
  uint8: 1,
  int8: 1,
};

/** @throws AppError bad-file */
export async function readSettings(file: Blob, name: string): Promise<MlcSettings> {
  const { output } = await readChecked(file, name, MAX_SETTINGS, Settings);
  const tokenizer = (['tokenizer.json', 'tokenizer.model'] as const).find((one) =>
    output.tokenizer_files.includes(one),
  );
  if (!tokenizer) throw bad(name, WORDS.webLlm.noTokenizer);
  const size = output.context_window_size ?? 0;
  const template = output.conv_template;
  const templateName = typeof template === 'string' ? template : template?.name;
  return {
    kind: output.model_type.slice(0, 100),
    quantisation: output.quantization.slice(0, 100),
    contextLength: size > 0 ? size : null,
    tokenizer,
    hasTemplate: typeof templateName === 'string' && !/^(?:LM|empty|base)?$/iu.test(templateName),
  };
}

/**
 * The files of weights. Each tensor lies within its file and is as long as its shape says.
 * @throws AppError bad-file
 */
export async function readShards(file: Blob, name: string): Promise<readonly MlcShard[]> {
  const { output } = await readChecked(file, name, MAX_LIST, Tensors);
  const files = new Set<string>();
  const tensors = new Set<string>();
  return output.records.map((shard): MlcShard => {
    const { dataPath } = shard;
    if (pathParts(dataPath).length > 1 || files.has(dataPath) || !dataPath.endsWith('.bin')) {
      throw bad(name, WORDS.webLlm.badShard(dataPath));
    }
    files.add(dataPath);
    for (const tensor of shard.records) {
      if (tensors.has(tensor.name)) throw bad(name, WORDS.webLlm.repeated(tensor.name));
      tensors.add(tensor.name);
      if (tensor.byteOffset + tensor.nbytes > shard.nbytes) {
        throw bad(name, WORDS.webLlm.outside(tensor.name, dataPath));
      }
      const width = tensor.format === 'f32-to-bf16' ? 2 : WIDTHS[tensor.dtype];
      const elements = tensor.shape.reduce((product, size) => product * size, 1);
      if (width !== undefined && elements * width !== tensor.nbytes) {
        throw bad(name, WORDS.webLlm.badLength(tensor.name, tensor.nbytes, elements * width));
      }
    }
    return { name: dataPath, bytes: shard.nbytes, md5: shard.md5sum ?? null };
  });
}

/** @throws AppError bad-file */
export async function checkTokenizer(file: Blob, name: string): Promise<void> {
  if (name.endsWith('.json'))
    await readChecked(file, name, MAX_TOKENIZER, v.looseObject({ model: v.unknown() }));
  else if (file.size === 0 || file.size > MAX_TOKENIZER) throw bad(name, WORDS.webLlm.badSize);
}

async function readChecked<S extends v.GenericSchema>(
  file: Blob,
  name: string,
  most: number,
  schema: S,
): Promise<{ readonly output: v.InferOutput<S> }> {
  const checked = v.safeParse(schema, await readJson(file, name, most));
  if (!checked.success) {
    const [issue] = checked.issues;
    throw bad(name, WORDS.webLlm.field(v.getDotPath(issue) ?? '', issue.message));
  }
  return { output: checked.output };
}

const bad = (name: string, detail: string): AppError =>
  new AppError({ kind: 'bad-file', detail: WORDS.notUsable(name.slice(0, 200), detail) });
