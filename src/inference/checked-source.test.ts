import { expect, it } from 'vitest';
import { AppError } from '../core/errors';
import type { ModelInfo } from '../core/models/stored-model';
import { RememberedAnswers } from './remembered-answers';
import { LoadGuard } from './load-guard';
import { ScriptedModel } from '../testing/scripted-model';
import { memorySettings } from '../testing/memory-settings';
import { CheckedSource } from './checked-source';
import type { ModelSource, OpenModel } from './model-source';

const never = new AbortController().signal;
const model: ModelInfo = {
  id: 'big',
  name: 'Big',
  engine: 'llama.cpp',
  origin: 'file',
  style: 'base',
  bytes: 1,
  contextLength: 512,
  licence: null,
  hash: 'aa',
};

/** One device over reloads of the page; what the model says can change. */
class Device {
  readonly marks = new Map<string, string>();
  readonly settings = memorySettings();
  readonly events: string[] = [];
  says = ' Write a poem about the sea.';
  #tabs = 0;
  /** A fresh page; the one before it is gone. */
  page(): CheckedSource {
    const own = `tab ${this.#tabs++}`;
    const storage = {
      getItem: (key: string): string | null => this.marks.get(key) ?? null,
      setItem: (key: string, value: string): void => void this.marks.set(key, value),
    };
    const alive = (): Promise<Set<string>> => Promise.resolve(new Set([own]));
    const guard = new LoadGuard(storage, { own, alive, onClose: () => () => undefined });
    const answers = new RememberedAnswers(this.settings);
    const source: ModelSource = {
      list: () => Promise.resolve([model]),
      find: () => Promise.resolve(model),
      open: ({ id, name, hash }) => {
        this.events.push('open');
        if (this.crashes) return new Promise<never>(() => this.begun());
        const scripted = new ScriptedModel({ named: { id, name, hash } });
        const answer = { text: this.says, finishReason: 'length', promptTokens: 1 } as const;
        return Promise.resolve<OpenModel>(
          Object.assign(scripted, {
            complete: () => Promise.resolve({ ...answer, cachedTokens: 0, completionTokens: 1 }),
            dispose: () => void this.events.push('dispose'),
          }),
        );
      },
    };
    const files = { verify: () => (this.damage ? Promise.reject(this.damage) : Promise.resolve()) };
    return new CheckedSource(source, 'llama.cpp 1', guard, answers, files);
  }
  /** What hashing its files finds. */
  damage: AppError | null = null;
  crashes = false;
  begun: () => void = () => undefined;
  async crash(): Promise<void> {
    this.crashes = true;
    await new Promise<void>((resolve) => {
      this.begun = resolve;
      void this.page().open(model, never, () => undefined);
    });
    this.crashes = false;
  }
}
const load = (source: CheckedSource): Promise<OpenModel> => source.open(model, never, () => undefined);

it('does not load what took the page down twice, until a person asks again', async () => {
  const device = new Device();
  await device.crash();
  await device.crash();
  const page = device.page();
  device.events.length = 0;
  await expect(load(page)).rejects.toMatchObject({ failure: { kind: 'load-crashes', model: 'Big' } });
  expect(device.events).toEqual([]);
  expect((await load(page)).name).toBe('Big');
  expect((await load(device.page())).name).toBe('Big');
});

it('lets go of a model that answers otherwise than before on this device', async () => {
  const device = new Device();
  await load(device.page());
  device.says = '@@@@@@@@@@';
  device.events.length = 0;
  await expect(load(device.page())).rejects.toMatchObject({ failure: { kind: 'self-test-failed' } });
  expect(device.events).toEqual(['open', 'dispose']);
  expect(await device.page().list()).toEqual([model]);
});

it('a model whose files changed on the disk is not used, whatever it answers, and can be used once they are mended', async () => {
  const device = new Device();
  const failure = { kind: 'model-damaged', model: 'Big', files: ['model.gguf'] } as const;
  device.damage = new AppError(failure);
  await expect(device.page().open(model, never, () => undefined)).rejects.toMatchObject({ failure });
  expect(device.events).toEqual(['open', 'dispose']);
  device.damage = null;
  expect((await device.page().open(model, never, () => undefined)).id).toBe('big');
});
