import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInConfig } from '../core/presets';
import type { NewRun } from '../core/ports';
import { IdbRunStore } from '../storage/idb-run-store';
import { quietServices } from '../testing/quiet-services';
import { deleteDatabase } from '../testing/raw-database';
import { AppState } from './app-state.svelte';

const run: NewRun = {
  config: builtInConfig(1, 10),
  model: { id: 'built-in-0.1', name: 'Built-in model', hash: '4775' },
  seedSet: { id: 'simple', name: 'Simple', count: 1 },
  seeds: [{ id: 's', name: 's', instruction: 'Name a bird.', isClassification: false, instances: [] }],
  createdAt: 1,
};
let store: IdbRunStore;
let app: AppState;
beforeEach(async () => {
  await deleteDatabase();
  store = new IdbRunStore();
  app = new AppState(quietServices(store));
});
afterEach(() => store.close());

describe('the state of a feature', () => {
  it('is made once, with the app', () => {
    class Feature {
      constructor(readonly app: AppState) {}
    }
    const made = app.lasting(Feature);
    expect(made.app).toBe(app);
    expect(app.lasting(Feature)).toBe(made);
    expect(new AppState(quietServices(store)).lasting(Feature)).not.toBe(made);
  });
});

describe('the run that screens show', () => {
  it('is the open one, else the newest stored one', async () => {
    expect(app.shownRun).toBeNull();
    const first = await store.createRun(run);
    const second = await store.createRun(run);
    await app.load();
    expect(app.shownRun).toBe(second.id);
    await app.session.open(first.id);
    expect(app.shownRun).toBe(first.id);
  });
  it('tells how far it is beside the names of its screens', async () => {
    expect([app.badge('generate')?.label, app.badge('pool')?.label]).toEqual(['', '']);
    expect(app.badge('finetune')).toBeUndefined();
    await app.session.open((await store.createRun(run)).id);
    expect(app.badge('generate')).toEqual({ label: '0%', active: false });
    expect(app.badge('pool')?.label).toBe('1');
  });
});
