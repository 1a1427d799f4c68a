import { expect, it } from 'vitest';
import type { Completion, CompletionRequest } from '../core/ports';
import { memorySettings } from '../testing/memory-settings';
import { RememberedAnswers } from './remembered-answers';

const never = new AbortController().signal;

function world() {
  const settings = memorySettings();
  const { kept } = settings;
  const asked: CompletionRequest[] = [];
  let answers = new RememberedAnswers(settings);
  const ask = async (text: string, device = '2 threads', engine = 'llama.cpp 1', hash = 'h') => {
    const complete = (request: CompletionRequest): Promise<Completion> => {
      asked.push(request);
      const counts = { promptTokens: 1, cachedTokens: 0, completionTokens: 1 };
      return Promise.resolve({ text, finishReason: 'length', ...counts });
    };
    await answers.check({ hash, device, complete }, engine, never);
  };
  const reload = (): void => void (answers = new RememberedAnswers(settings));
  return { kept, asked, ask, reload };
}
const refused = (expected: string, got: string) => ({ failure: { kind: 'self-test-failed', expected, got } });

it('keeps the first answer and wants the same one later, greedily', async () => {
  const { ask, asked, reload } = world();
  await ask(' Write a poem.');
  reload();
  await ask(' Write a poem.');
  await expect(ask(' Write a pony.')).rejects.toMatchObject(refused(' Write a poem.', ' Write a pony.'));
  reload();
  await expect(ask(' Write a pony.')).rejects.toMatchObject(refused(' Write a poem.', ' Write a pony.'));
  await ask(' Write a poem.');
  expect(asked.every(({ temperature }) => temperature === 0)).toBe(true);
  expect(new Set(asked.map((request) => JSON.stringify(request))).size).toBe(1);
});

it('takes a new answer that stays the same when a person tries again, and none that does not', async () => {
  const { ask } = world();
  await ask('one');
  for (const text of ['two', 'three', 'four']) {
    await expect(ask(text)).rejects.toMatchObject(refused('one', text));
  }
  await ask('four');
  await ask('four');
  await expect(ask('one')).rejects.toMatchObject(refused('four', 'one'));
});

it('compares only with the same weights on the same device by the same engine', async () => {
  const { ask } = world();
  await ask('one two');
  await ask('other', 'GPU');
  await ask('third', undefined, 'llama.cpp 2');
  await ask('fourth', undefined, undefined, 'other weights');
  await ask('one two');
});

it('keeps both answers when two devices answer at once', async () => {
  const { ask, kept } = world();
  await Promise.all([ask('one', 'CPU'), ask('two', 'GPU')]);
  expect([...kept.values()]).toEqual([{ 'llama.cpp 1, CPU': 'one', 'llama.cpp 1, GPU': 'two' }]);
});

it('never keeps what only broken arithmetic gives', async () => {
  for (const text of ['', '  \n', '@@@@@@@@', '!!!! !!!!']) {
    const { ask, kept } = world();
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(ask(text)).rejects.toMatchObject({ failure: { kind: 'self-test-failed' } });
    }
    expect(kept.size).toBe(0);
  }
});

it('begins anew when what is stored is nonsense', async () => {
  const { ask, kept } = world();
  await ask('one');
  for (const key of kept.keys()) kept.set(key, ['x', 3]);
  await ask('two');
});
