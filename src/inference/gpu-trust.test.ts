import { expect, it } from 'vitest';
import type { GpuFacts } from '../core/models/device-report';
import { gpuFacts } from '../testing/gpu-facts';
import { memorySettings } from '../testing/memory-settings';
import { GpuTrust } from './gpu-trust';

const INTEL = gpuFacts();
const ANSWER = [{ token: 7, likely: [{ token: 7, probability: 0.8 }] }];

function world(find = (): Promise<GpuFacts | null> => Promise.resolve(INTEL)) {
  const settings = memorySettings();
  const page = (engine = 'llama.cpp 1'): GpuTrust => new GpuTrust(settings, find, engine);
  return { settings, page };
}

it('uses the GPU until a person says no, over reloads', async () => {
  const { page } = world();
  expect(await page().used()).toEqual(INTEL);
  await page().setOn(false);
  expect(await page().used()).toBeNull();
  expect(await page().fitting()).toEqual(INTEL);
  await page().setOn(true);
  expect(await page().used()).toEqual(INTEL);
});

it('is for nothing where there is none, or asking fails', async () => {
  expect(
    await world(() => Promise.resolve(null))
      .page()
      .used(),
  ).toBeNull();
  expect(
    await world(() => Promise.reject(new Error('a broken driver')))
      .page()
      .used(),
  ).toBeNull();
});

it('asks for it once for each page', async () => {
  let asked = 0;
  const trust = world(() => {
    asked++;
    return Promise.resolve(INTEL);
  }).page();
  await Promise.all([trust.used(), trust.fitting(), trust.used()]);
  expect(asked).toBe(1);
});

it('keeps what the CPU answered, for the same weights and engine', async () => {
  const { page } = world();
  expect(await page().cpuAnswer('aa')).toBeNull();
  await page().keepCpuAnswer('aa', ANSWER);
  expect(await page().cpuAnswer('aa')).toEqual(ANSWER);
  expect(await page().cpuAnswer('bb')).toBeNull();
  expect(await page('llama.cpp 2').cpuAnswer('aa')).toBeNull();
});

it('remembers which model failed where, until a person switches it on again or the engine is another', async () => {
  const { page } = world();
  await page().noteFailure('aa', INTEL);
  await page().noteFailure('bb', INTEL);
  const failed = (): Promise<boolean[]> =>
    Promise.all([
      page().hasFailed('aa', INTEL),
      page().hasFailed('bb', INTEL),
      page().hasFailed('cc', INTEL),
      page().hasFailed('aa', gpuFacts({ name: 'nvidia ampere' })),
      page('llama.cpp 2').hasFailed('aa', INTEL),
    ]);
  expect(await failed()).toEqual([true, true, false, false, false]);
  await page().setOn(false);
  expect((await failed())[0]).toBe(true);
  await page().setOn(true);
  expect(await failed()).toEqual([false, false, false, false, false]);
});

it('keeps both failures that two tabs note at once', async () => {
  const { page } = world();
  const [one, other] = [page(), page()];
  await Promise.all([one.noteFailure('aa', INTEL), other.noteFailure('bb', INTEL)]);
  expect([await page().hasFailed('aa', INTEL), await page().hasFailed('bb', INTEL)]).toEqual([true, true]);
});

it('takes nonsense in the settings for nothing, and goes on without a store', async () => {
  const { settings, page } = world();
  await page().keepCpuAnswer('aa', ANSWER);
  await page().noteFailure('aa', INTEL);
  for (const key of settings.kept.keys()) settings.kept.set(key, [{ x: 1 }]);
  expect(await page().cpuAnswer('aa')).toBeNull();
  expect(await page().hasFailed('aa', INTEL)).toBe(false);
  const refuse = (): Promise<never> => Promise.reject(new Error('no database'));
  const trust = new GpuTrust(
    { ...memorySettings(), setting: refuse, saveSetting: refuse, changeSetting: refuse },
    () => Promise.resolve(INTEL),
    'x',
  );
  expect(await trust.used()).toEqual(INTEL);
  expect(await trust.cpuAnswer('aa')).toBeNull();
  await trust.keepCpuAnswer('aa', ANSWER);
  await trust.noteFailure('aa', INTEL);
  await expect(trust.setOn(false)).rejects.toThrow('no database');
});
