import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultConfig } from '../../core/training/defaults';
import { llamaFactoryRuns, trlScripts, unslothScripts } from './trainer-files';
import { axolotlSettings, type DataPath, datasetInfo, type TrainerInput } from './trainer-settings';

const lora: TrainerInput = { model: 'some/model-1b', config: defaultConfig('some/model-1b', 'lora') };
const full: TrainerInput = { model: 'some/model-1b', config: defaultConfig('some/model-1b', 'full') };
const FORMATS = ['alpaca', 'openai-chat', 'sharegpt', 'prompt-completion', 'parquet', 'csv'] as const;
const files = FORMATS.flatMap((format): DataPath[] => [
  { path: `data/${format}-train.x`, format, side: 'train', rows: 100 },
  { path: `data/${format}-validation.x`, format, side: 'validation', rows: 20 },
]);
const whole = FORMATS.map((format): DataPath => ({
  path: `data/${format}.x`,
  format,
  side: 'train',
  rows: 100,
}));
const byPath = (all: readonly { path: string; text: string }[]): Map<string, string> =>
  new Map(all.map(({ path, text }) => [path, text]));
const settingsOf = (text: string | undefined): Record<string, unknown> =>
  parse(text ?? '') as Record<string, unknown>;

describe('LLaMA-Factory', () => {
  it('runs on the data sets that dataset_info.json names', async () => {
    const runs = byPath(await llamaFactoryRuns(4, files, lora));
    expect([...runs.keys()].sort()).toEqual(
      ['alpaca', 'openai-chat', 'parquet', 'sharegpt'].map((one) => `llama-factory/${one}.yaml`),
    );
    const names = Object.keys(JSON.parse(datasetInfo(4, files)?.text ?? '') as object);
    for (const text of runs.values()) {
      const settings = settingsOf(text);
      expect(names).toContain(settings['dataset']);
      expect(names).toContain(settings['eval_dataset']);
      expect(settings).toMatchObject({
        model_name_or_path: 'some/model-1b',
        finetuning_type: 'lora',
        lora_rank: 8,
        lora_alpha: 16,
        lora_target: 'q_proj,v_proj',
        num_train_epochs: 2,
        learning_rate: 2e-4,
        per_device_train_batch_size: 4,
        gradient_accumulation_steps: 2,
        // 13 batches of 8, twice.
        warmup_steps: Math.ceil(26 * lora.config.warmupShare),
        eval_strategy: 'epoch',
      });
      expect(settings).not.toHaveProperty('warmup_ratio');
    }
  });
  it('trains all weights, and does not validate when nothing is held out', async () => {
    const settings = settingsOf(
      byPath(await llamaFactoryRuns(4, whole, full)).get('llama-factory/alpaca.yaml'),
    );
    expect(settings).toMatchObject({ finetuning_type: 'full', eval_strategy: 'no', learning_rate: 2e-5 });
    expect(settings['eval_dataset']).toBeUndefined();
    expect(settings['lora_rank']).toBeUndefined();
  });
});

describe('axolotl', () => {
  it('has model, method and rates beside its data sets', async () => {
    const settings = settingsOf(byPath(await axolotlSettings(files, lora)).get('axolotl/alpaca.yml'));
    expect(settings).toMatchObject({
      base_model: 'some/model-1b',
      adapter: 'lora',
      lora_r: 8,
      lora_alpha: 16,
      lora_target_modules: ['q_proj', 'v_proj'],
      num_epochs: 2,
      learning_rate: 2e-4,
      datasets: [{ path: 'data/alpaca-train.x', type: 'alpaca' }],
      test_datasets: [{ path: 'data/alpaca-validation.x' }],
    });
    const all = settingsOf(byPath(await axolotlSettings(whole, full)).get('axolotl/alpaca.yml'));
    expect(all).toMatchObject({ val_set_size: 0 });
    expect(all['adapter']).toBeUndefined();
  });
});

describe.each([
  { name: 'trl', scripts: trlScripts },
  { name: 'unsloth', scripts: unslothScripts },
])('$name', ({ name, scripts }) => {
  it('has a script for prompts and completions and one for chats, with all settings', () => {
    const texts = byPath(scripts(files, lora));
    expect([...texts.keys()].sort()).toEqual([`${name}/openai-chat.py`, `${name}/prompt-completion.py`]);
    for (const [path, text] of texts) {
      const format = path.slice(name.length + 1, -3);
      expect(text).toContain(
        `data_files={"train": ["data/${format}-train.x"], "validation": ["data/${format}-validation.x"]}`,
      );
      for (const part of [
        'MODEL = "some/model-1b"',
        'num_train_epochs=2,',
        'learning_rate=0.0002,',
        'lora_alpha=16,',
        'target_modules=["q_proj", "v_proj"],',
        'bf16=True,',
        'lr_scheduler_kwargs={"min_lr_rate": 0.1},',
        'completion_only_loss=True,',
        'eval_dataset=data["validation"],',
      ]) {
        expect(text).toContain(part);
      }
      // Brackets close, and nothing of this language slipped in.
      for (const pair of ['()', '[]', '{}'])
        expect(text.split(pair[0]!).length).toBe(text.split(pair[1]!).length);
      expect(text).not.toMatch(/\b(true|false|null|undefined)\b|\[object/u);
    }
  });
  it('trains all weights, and does not validate when nothing is held out', () => {
    for (const { text } of scripts(whole, full)) {
      expect(text).not.toMatch(/lora|peft|validation/iu);
      expect(text).toContain('eval_strategy="no",');
    }
  });
  it('writes names so that they stay text', () => {
    const [script] = scripts(files, { ...lora, model: 'a"b\\c\n' });
    expect(script?.text).toContain('MODEL = "a\\"b\\\\c\\n"');
  });
});
