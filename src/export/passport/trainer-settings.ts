/** Ready-made settings for trainers: LLaMA-Factory's dataset_info.json, and runs of axolotl. */
import type { Side } from '../../core/dataset/split';
import type { TrainingConfig } from '../../core/training/training';
import type { DataFormatId } from '../data-formats';

/** A data file of the passport. */
export interface DataPath {
  readonly path: string;
  readonly format: DataFormatId;
  readonly side: Side;
  readonly rows: number;
}
/** The formats of files, each once, in their order. */
export const formatsOf = (files: readonly DataPath[]): DataFormatId[] => [
  ...new Set(files.map(({ format }) => format)),
];
export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}
/** What is finetuned, and how. */
export interface TrainerInput {
  /** Name on the hub, or a folder. */
  readonly model: string;
  readonly config: TrainingConfig;
}

const COLUMNS = { prompt: 'instruction', query: 'input', response: 'output' };
const INSTRUCTIONS = { formatting: 'alpaca', columns: COLUMNS };
const conversations = (messages: string, role: string, content: string, user: string, assistant: string) => ({
  formatting: 'sharegpt',
  columns: { messages },
  tags: { role_tag: role, content_tag: content, user_tag: user, assistant_tag: assistant },
});

/** How LLaMA-Factory reads a format. It does not read CSV: its apostrophes would become training data. */
const LLAMA_FACTORY: Readonly<Partial<Record<DataFormatId, object>>> = {
  alpaca: INSTRUCTIONS,
  instances: INSTRUCTIONS,
  parquet: INSTRUCTIONS,
  'openai-chat': conversations('messages', 'role', 'content', 'user', 'assistant'),
  sharegpt: conversations('conversations', 'from', 'value', 'human', 'gpt'),
  'prompt-completion': { formatting: 'alpaca', columns: { prompt: 'prompt', response: 'completion' } },
};

export const readByLlamaFactory = (format: DataFormatId): boolean => format in LLAMA_FACTORY;

/** Name of a data set in dataset_info.json: `run_4_openai_chat`. */
export const datasetName = (run: number, { format, side }: DataPath): string =>
  `run_${run}_${format.replaceAll('-', '_')}${side === 'validation' ? '_validation' : ''}`;

/** Null when no file is one that LLaMA-Factory reads. */
export function datasetInfo(run: number, files: readonly DataPath[]): SettingsFile | null {
  const entries = files.flatMap((file): [string, object][] => {
    const settings = LLAMA_FACTORY[file.format];
    return settings ? [[datasetName(run, file), { file_name: file.path, ...settings }]] : [];
  });
  if (entries.length === 0) return null;
  return { path: 'dataset_info.json', text: `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n` };
}

const axolotlChat = (messages: string, role: string, content: string, user: string, assistant: string) => ({
  ds_type: 'json',
  type: 'chat_template',
  field_messages: messages,
  message_property_mappings: { role, content },
  roles: { user: [user], assistant: [assistant] },
  roles_to_train: ['assistant'],
});
/** How axolotl reads a format. */
const AXOLOTL: Readonly<Partial<Record<DataFormatId, object>>> = {
  alpaca: { ds_type: 'json', type: 'alpaca' },
  instances: { ds_type: 'json', type: 'alpaca' },
  parquet: { ds_type: 'parquet', type: 'alpaca' },
  'openai-chat': axolotlChat('messages', 'role', 'content', 'user', 'assistant'),
  sharegpt: axolotlChat('conversations', 'from', 'value', 'human', 'gpt'),
};

const headOf = (path: string): string => `# Run with axolotl in this folder: axolotl train ${path}
# "type: sharegpt" no longer exists; chat_template reads conversations by the fields below.
`;

/** Rows that a GPU takes at once; the others of a step follow one after another. */
export const rowsAtOnce = ({ batchSize }: TrainingConfig): number => (batchSize % 4 === 0 ? 4 : 1);

/** Training as axolotl names it. */
function axolotlTraining({ model, config }: TrainerInput): object {
  const { method } = config;
  const atOnce = rowsAtOnce(config);
  return {
    base_model: model,
    ...(method.kind === 'lora'
      ? {
          adapter: 'lora',
          lora_r: method.rank,
          lora_alpha: method.alpha,
          lora_dropout: 0,
          lora_target_modules: method.targets,
        }
      : {}),
    sequence_len: config.maxTokens,
    ...(config.steps === undefined ? { num_epochs: config.epochs } : { max_steps: config.steps }),
    micro_batch_size: atOnce,
    gradient_accumulation_steps: config.batchSize / atOnce,
    optimizer: 'adamw_torch',
    learning_rate: config.learningRate,
    lr_scheduler: 'cosine',
    cosine_min_lr_ratio: 0.1,
    warmup_ratio: config.warmupShare,
    weight_decay: config.weightDecay,
    max_grad_norm: config.clipNorm,
    train_on_inputs: false,
    gradient_checkpointing: true,
    bf16: 'auto',
    seed: config.seed,
    output_dir: 'finetuned',
  };
}

/** One file for each format that axolotl reads. */
export async function axolotlSettings(
  files: readonly DataPath[],
  plan: TrainerInput,
): Promise<SettingsFile[]> {
  const { stringify } = await import('yaml');
  return formatsOf(files).flatMap((format): SettingsFile[] => {
    const type = AXOLOTL[format];
    if (!type) return [];
    const of = (side: Side): object[] =>
      files
        .filter((file) => file.format === format && file.side === side)
        .map(({ path }) => ({ path, ...type }));
    const held = of('validation');
    const chat = 'field_messages' in type ? { chat_template: 'tokenizer_default' } : {};
    const settings = {
      ...axolotlTraining(plan),
      ...chat,
      datasets: of('train'),
      // Without held-out rows axolotl can hold out some of its own.
      ...(held.length > 0
        ? { test_datasets: held.map((one) => ({ ...one, split: 'train' })) }
        : { val_set_size: 0 }),
    };
    const path = `axolotl/${format}.yml`;
    return [{ path, text: headOf(path) + stringify(settings, { aliasDuplicateObjects: false }) }];
  });
}
