/** Ready-made settings for trainers: LLaMA-Factory's dataset_info.json and axolotl's datasets, one entry for each file. */
import type { Side } from '../../core/dataset/split';
import type { DataFormatId } from '../data-formats';

/** A data file of the passport. */
export interface DataPath {
  readonly path: string;
  readonly format: DataFormatId;
  readonly side: Side;
}
export interface SettingsFile {
  readonly path: string;
  readonly text: string;
}

const CHAT_TAGS = { role_tag: 'role', content_tag: 'content', user_tag: 'user', assistant_tag: 'assistant' };
const SHARE_TAGS = { role_tag: 'from', content_tag: 'value', user_tag: 'human', assistant_tag: 'gpt' };
const COLUMNS = { prompt: 'instruction', query: 'input', response: 'output' };

/** How LLaMA-Factory reads a format; null for those that it does not. */
function llamaFactory(format: DataFormatId): object | null {
  switch (format) {
    case 'alpaca':
    case 'instances':
    case 'parquet':
      return { formatting: 'alpaca', columns: COLUMNS };
    case 'openai-chat':
      return { formatting: 'sharegpt', columns: { messages: 'messages' }, tags: CHAT_TAGS };
    case 'sharegpt':
      return { formatting: 'sharegpt', columns: { messages: 'conversations' }, tags: SHARE_TAGS };
    case 'prompt-completion':
      return { formatting: 'alpaca', columns: { prompt: 'prompt', response: 'completion' } };
    // The apostrophes that guard its cells would be learned.
    case 'csv':
    case 'seed-tasks':
    case 'machine-instructions':
    case 'dataset':
      return null;
  }
}

/** Name of a data set in dataset_info.json: `run_4_openai_chat`. */
const nameOf = (run: number, { format, side }: DataPath): string =>
  `run_${run}_${format.replaceAll('-', '_')}${side === 'validation' ? '_validation' : ''}`;

/** Null when no file is one that LLaMA-Factory reads. */
export function datasetInfo(run: number, files: readonly DataPath[]): SettingsFile | null {
  const entries = files.flatMap((file): [string, object][] => {
    const settings = llamaFactory(file.format);
    return settings ? [[nameOf(run, file), { file_name: file.path, ...settings }]] : [];
  });
  if (entries.length === 0) return null;
  return { path: 'dataset_info.json', text: `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n` };
}

/** How axolotl reads a format; null for those that it does not. */
function axolotlType(format: DataFormatId): object | null {
  switch (format) {
    case 'alpaca':
    case 'instances':
      return { ds_type: 'json', type: 'alpaca' };
    case 'parquet':
      return { ds_type: 'parquet', type: 'alpaca' };
    case 'openai-chat':
      return {
        ds_type: 'json',
        type: 'chat_template',
        field_messages: 'messages',
        message_property_mappings: { role: 'role', content: 'content' },
        roles: { user: ['user'], assistant: ['assistant'] },
        roles_to_train: ['assistant'],
      };
    case 'sharegpt':
      return {
        ds_type: 'json',
        type: 'chat_template',
        field_messages: 'conversations',
        message_property_mappings: { role: 'from', content: 'value' },
        roles: { user: ['human'], assistant: ['gpt'] },
        roles_to_train: ['assistant'],
      };
    case 'csv':
    case 'prompt-completion':
    case 'seed-tasks':
    case 'machine-instructions':
    case 'dataset':
      return null;
  }
}

const HEAD = `# Settings for axolotl. Add base_model and your training parameters, and run axolotl in this folder.
# The old "type: sharegpt" no longer exists; conversations are read by chat_template with the fields named here.
`;

/** One file for each format that axolotl reads. */
export async function axolotlSettings(files: readonly DataPath[]): Promise<SettingsFile[]> {
  const { stringify } = await import('yaml');
  const formats = [...new Set(files.map(({ format }) => format))];
  return formats.flatMap((format): SettingsFile[] => {
    const type = axolotlType(format);
    if (!type) return [];
    const of = (side: Side): object[] =>
      files
        .filter((file) => file.format === format && file.side === side)
        .map(({ path }) => ({ path, ...type }));
    const held = of('validation');
    const chat = 'field_messages' in type ? { chat_template: 'tokenizer_default' } : {};
    const settings = {
      ...chat,
      datasets: of('train'),
      // Without held-out rows axolotl can hold out some itself.
      ...(held.length > 0
        ? { test_datasets: held.map((one) => ({ ...one, split: 'train' })) }
        : { val_set_size: 0 }),
    };
    return [
      { path: `axolotl/${format}.yml`, text: HEAD + stringify(settings, { aliasDuplicateObjects: false }) },
    ];
  });
}
