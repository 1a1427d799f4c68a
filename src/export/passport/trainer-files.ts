/**
 * Ready-made training runs outside of the browser, for larger models: settings for LLaMA-Factory, scripts for TRL and
 * Unsloth. (Those for axolotl are with its data sets, in trainer-settings.ts.)
 */
import type { TrainingConfig } from '../../core/training/training';
import type { DataFormatId } from '../data-formats';
import {
  type DataPath,
  datasetName,
  formatsOf,
  readByLlamaFactory,
  rowsAtOnce,
  type SettingsFile,
  type TrainerInput,
} from './trainer-settings';

/** Settings by the names of transformers' TrainingArguments, which all three use. */
function trainingArguments(
  config: TrainingConfig,
  train: readonly DataPath[],
  validated: boolean,
): Record<string, unknown> {
  const atOnce = rowsAtOnce(config);
  const rows = train.reduce((sum, file) => sum + file.rows, 0);
  const steps = Math.ceil(rows / config.batchSize) * config.epochs;
  return {
    output_dir: 'finetuned',
    ...(config.steps === undefined ? { num_train_epochs: config.epochs } : { max_steps: config.steps }),
    per_device_train_batch_size: atOnce,
    gradient_accumulation_steps: config.batchSize / atOnce,
    learning_rate: config.learningRate,
    lr_scheduler_type: 'cosine_with_min_lr',
    lr_scheduler_kwargs: { min_lr_rate: 0.1 },
    // In steps: transformers 5 dropped warmup_ratio, and transformers 4 takes no share here.
    warmup_steps: Math.ceil(steps * config.warmupShare),
    weight_decay: config.weightDecay,
    max_grad_norm: config.clipNorm,
    seed: config.seed,
    bf16: true,
    gradient_checkpointing: true,
    logging_steps: 10,
    save_strategy: 'epoch',
    eval_strategy: validated ? 'epoch' : 'no',
  };
}

const of = (files: readonly DataPath[], format: DataFormatId, side: DataPath['side']): readonly DataPath[] =>
  files.filter((file) => file.format === format && file.side === side);

/** One file for each format of dataset_info.json whose texts end with the answer. */
export async function llamaFactoryRuns(
  run: number,
  files: readonly DataPath[],
  { model, config }: TrainerInput,
): Promise<SettingsFile[]> {
  const { stringify } = await import('yaml');
  const { method } = config;
  return formatsOf(files).flatMap((format): SettingsFile[] => {
    // The end mark of its completions would be learned as text, and the trainer adds its own.
    if (!readByLlamaFactory(format) || format === 'prompt-completion') return [];
    const names = (side: DataPath['side']): string =>
      of(files, format, side)
        .map((file) => datasetName(run, file))
        .join(',');
    const held = names('validation');
    const settings = {
      model_name_or_path: model,
      stage: 'sft',
      do_train: true,
      finetuning_type: method.kind,
      ...(method.kind === 'lora'
        ? { lora_rank: method.rank, lora_alpha: method.alpha, lora_target: method.targets.join(',') }
        : {}),
      dataset_dir: '.',
      dataset: names('train'),
      ...(held ? { eval_dataset: held } : {}),
      template: 'alpaca',
      cutoff_len: config.maxTokens,
      ...trainingArguments(config, of(files, format, 'train'), held !== ''),
    };
    const path = `llama-factory/${format}.yaml`;
    const head = `# Run with LLaMA-Factory in this folder: llamafactory-cli train ${path}
# This template is for base models; a chat model needs its own (template: llama3, qwen, ...).
`;
    return [{ path, text: head + stringify(settings) }];
  });
}

/** A value as Python writes it. */
function python(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${python(key)}: ${python(inner)}`);
    return `{${entries.join(', ')}}`;
  }
  return JSON.stringify(value);
}
const keywords = (values: Record<string, unknown>, indent: string): string =>
  Object.entries(values)
    .map(([key, value]) => `${indent}${key}=${python(value)},\n`)
    .join('');

/** Reads a data set into prompts and completions. */
function readData(files: readonly DataPath[], format: DataFormatId): string {
  const held = of(files, format, 'validation');
  const paths = {
    train: of(files, format, 'train').map(({ path }) => path),
    ...(held.length > 0 ? { validation: held.map(({ path }) => path) } : {}),
  };
  const convert =
    format === 'openai-chat'
      ? `def row(example):
    return {"prompt": example["messages"][:-1], "completion": example["messages"][-1:]}


data = data.map(row, remove_columns=["messages"])
`
      : `def row(example):
    # The files end each completion with this mark; each model has its own.
    return {"completion": example["completion"].removesuffix("<|endoftext|>") + tokenizer.eos_token}


data = data.map(row, remove_columns=["row"])
`;
  return `data = load_dataset("json", data_files=${python(paths)})


${convert}`;
}

/** Formats that TRL takes as prompts and completions, so that the loss counts completions alone. */
const SCRIPTED: readonly DataFormatId[] = ['prompt-completion', 'openai-chat'];

function trainerCall(
  files: readonly DataPath[],
  format: DataFormatId,
  config: TrainingConfig,
  more: string,
): string {
  const validated = of(files, format, 'validation').length > 0;
  const settings = {
    ...trainingArguments(config, of(files, format, 'train'), validated),
    max_length: config.maxTokens,
    completion_only_loss: true,
  };
  return `trainer = SFTTrainer(
${more}    processing_class=tokenizer,
    train_dataset=data["train"],
${validated ? '    eval_dataset=data["validation"],\n' : ''}    args=SFTConfig(
${keywords(settings, '        ')}    ),
)
trainer.train()
trainer.save_model("finetuned")
`;
}

/** One script for each format that it takes. */
export function trlScripts(files: readonly DataPath[], { model, config }: TrainerInput): SettingsFile[] {
  const { method } = config;
  const peft =
    method.kind === 'lora'
      ? keywords(
          {
            r: method.rank,
            lora_alpha: method.alpha,
            target_modules: method.targets,
            task_type: 'CAUSAL_LM',
          },
          '        ',
        )
      : null;
  return formatsOf(files)
    .filter((format) => SCRIPTED.includes(format))
    .map((format) => {
      const path = `trl/${format}.py`;
      const adapter = peft === null ? '' : `    peft_config=LoraConfig(\n${peft}    ),\n`;
      return {
        path,
        text: `# Finetunes a model with TRL${peft === null ? '' : ' and PEFT'}. Run in this folder: python ${path}
from datasets import load_dataset
${peft === null ? '' : 'from peft import LoraConfig\n'}from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer

MODEL = ${python(model)}

tokenizer = AutoTokenizer.from_pretrained(MODEL)
${readData(files, format)}
${trainerCall(files, format, config, `    model=MODEL,\n${adapter}`)}`,
      };
    });
}

/** One script for each format that it takes. */
export function unslothScripts(files: readonly DataPath[], { model, config }: TrainerInput): SettingsFile[] {
  const { method } = config;
  const load = {
    max_seq_length: config.maxTokens,
    load_in_4bit: false,
    ...(method.kind === 'full' ? { full_finetuning: true } : {}),
  };
  const adapter =
    method.kind === 'lora'
      ? `model = FastLanguageModel.get_peft_model(
    model,
${keywords(
  {
    r: method.rank,
    lora_alpha: method.alpha,
    target_modules: method.targets,
    use_gradient_checkpointing: 'unsloth',
    random_state: config.seed,
  },
  '    ',
)})
`
      : '';
  return formatsOf(files)
    .filter((format) => SCRIPTED.includes(format))
    .map((format) => {
      const path = `unsloth/${format}.py`;
      return {
        path,
        text: `# Finetunes a model with Unsloth. Run in this folder: python ${path}
from unsloth import FastLanguageModel  # must come first
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

MODEL = ${python(model)}

model, tokenizer = FastLanguageModel.from_pretrained(
    model_name=MODEL,
${keywords(load, '    ')})
${adapter}${readData(files, format)}
${trainerCall(files, format, config, '    model=model,\n')}`,
      };
    });
}
