import { expect, it } from 'vitest';
import { PLAIN_DEVICE } from '../../../testing/plain-device';
import { preflight, type PreflightFacts, reportText } from './preflight';

const READY: PreflightFacts = {
  device: { ...PLAIN_DEVICE, isolated: true },
  webAssembly: true,
  inMemory: false,
  tabs: 1,
  standardHere: true,
  speed: { model: 'Standard', seconds: 10 },
};
const light = (change: Partial<PreflightFacts>): string => preflight({ ...READY, ...change }).light;

it('is green where a lesson goes well, whatever GPU there is', () => {
  expect(light({})).toBe('green');
  expect(light({ device: { ...READY.device, gpu: null, webGpu: false } })).toBe('green');
});

it('is amber for what a lesson can do with, and says what to do', () => {
  const limits: readonly Partial<PreflightFacts>[] = [
    { inMemory: true },
    { tabs: 2 },
    { standardHere: false },
    { speed: { model: 'Standard', seconds: 61 } },
    { device: { ...READY.device, memoryBytes: 2_000_000_000 } },
  ];
  for (const limit of limits) {
    const { light: found, checks } = preflight({ ...READY, ...limit });
    expect(found).toBe('amber');
    const careful = checks.filter(({ state, matters }) => state === 'careful' && matters !== 'gpu');
    expect(careful.some(({ advice }) => advice !== null)).toBe(true);
  }
  for (const speed of ['none', 'busy', 'server', 'little'] as const) expect(light({ speed })).toBe('amber');
});

it('is red where no model runs or nothing can be kept', () => {
  expect(light({ webAssembly: false })).toBe('red');
  expect(light({ speed: { kind: 'out-of-memory', detail: '' } })).toBe('red');
  expect(light({ device: { ...READY.device, canStoreFiles: false } })).toBe('red');
});

it('tells the IT desk each check, the only host, the bytes and how to delete all', () => {
  const result = preflight({ ...READY, tabs: 3 });
  const text = reportText(result, new URL('https://school.example/app/#/class?part=check'), '0.1.0');
  for (const { title } of result.checks) expect(text).toContain(title);
  expect(text).toContain('Result: ready, with limits');
  expect(text).toContain('Hosts to allow: school.example.');
  expect(text).toContain('98.4 MB');
  expect(text).toContain('clear the data of the site https://school.example');
});
