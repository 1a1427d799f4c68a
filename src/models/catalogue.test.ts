import { expect, it } from 'vitest';
import { readCatalogue } from '../../scripts/lib/web-llm-catalogue.mjs';
import { CATALOGUE, LIBRARY_IMPORTS, WEB_LLM_VERSION } from './catalogue';
import data from './web-llm-catalogue.json';

it('is what the pinned version of web-llm says', async () => {
  expect(data).toEqual(await readCatalogue());
  expect(data.records).toBe(165);
});

it('has all that a choice needs, for each model once', () => {
  expect(new Set(CATALOGUE.map((model) => model.id)).size).toBe(CATALOGUE.length);
  for (const model of CATALOGUE) {
    expect(model.quantisation).not.toBe('');
    expect(model.needsF16).toBe(model.quantisation.includes('f16'));
    expect(model.vramMB).toBeGreaterThan(100);
    expect(model.contextLength).toBeGreaterThanOrEqual(1024);
    expect(model.name).not.toMatch(/MLC|q\df/u);
    expect(model.model).toMatch(/^https:\/\//u);
    // Libraries of another version would not link.
    expect(model.library).toContain(`/v${WEB_LLM_VERSION.replaceAll('.', '_')}/`);
  }
  const bases = new Set(CATALOGUE.filter((model) => model.style === 'base').map((model) => model.name));
  expect([...bases].sort()).toEqual(['Ministral 3 3B Base 2512', 'phi 1_5', 'phi 2']);
});

it('knows what libraries may import', () => {
  expect(LIBRARY_IMPORTS).toContain('env.TVMFFIWasmSafeCall');
  expect(LIBRARY_IMPORTS).toContain('wasi_snapshot_preview1.fd_write');
  expect(LIBRARY_IMPORTS).not.toContain('env._ZN3tvm7runtime9threading15ResetThreadPoolEv');
  expect(LIBRARY_IMPORTS).not.toContain('env.TVMWasmPackedCFunc');
});

it('knows about how much most models take to fetch: less than web-llm says that they take in memory', () => {
  const MIB = 1024 * 1024;
  const known = CATALOGUE.filter((model) => model.aboutBytes !== null);
  expect(known.length).toBeGreaterThan(0.8 * CATALOGUE.length);
  for (const { id, aboutBytes, vramMB } of known) {
    const megabytes = (aboutBytes ?? 0) / MIB;
    expect(megabytes, id).toBeLessThan(vramMB);
    expect(megabytes, id).toBeGreaterThan(vramMB / 6);
  }
  const unknown = CATALOGUE.filter((model) => model.parameters === null).map((model) => model.name);
  expect([...new Set(unknown.map((name) => name.split(' ')[0]))].sort()).toEqual(['Ministral', 'Qwen3.5']);
  const small = CATALOGUE.find((model) => model.id === 'Qwen2.5-0.5B-Instruct-q4f32_1-MLC');
  // As its shards were counted.
  expect(small?.aboutBytes).toBeCloseTo(309e6, -6);
});

it('speaks of licences and reasons only for models that are there', () => {
  const known = CATALOGUE.filter((model) => model.licence !== null);
  expect(known.find((model) => model.id.startsWith('SmolLM2-360M'))?.licence).toBe('Apache-2.0');
  expect(CATALOGUE.filter((model) => model.reason !== null)).toHaveLength(4);
  expect(CATALOGUE.find((model) => model.id === 'gemma3-1b-it-q4f16_1-MLC')?.licence).toBe(
    'Gemma Terms of Use',
  );
  // Another licence than its smaller and larger sisters.
  const threeBillion = CATALOGUE.filter((model) => model.id.startsWith('Qwen2.5-3B'));
  expect(threeBillion.length).toBeGreaterThan(0);
  expect(threeBillion.every((model) => model.licence === null)).toBe(true);
});
