/** The settings of the next run, as the user edits them. */
import { untrack } from 'svelte';
import type { AppState } from '../../app/app-state.svelte';
import { wordsIn } from '../../core/classroom/word-list';
import { BLOCKED_WORDS, type LeftOut, withinLimits } from '../../core/filters/blocked-words';
import type { SettingStore } from '../../core/ports';
import type { ModelInfo } from '../../core/models/stored-model';
import { builtInConfig, modelConfig, paperConfig, presetSwitches, withPreset } from '../../core/presets';
import {
  completeSwitches,
  type Decoding,
  type OwnFilter,
  type PipelineStage,
  type PresetName,
  type RunConfig,
  type Switches,
} from '../../core/run';

/** Values that fit the chosen model, or those of the paper. */
export type ValueSet = 'model' | 'paper';
const VALUE_SETS: readonly ValueSet[] = ['model', 'paper'];
const TARGET = 50;
const BLOCKED_KEY = 'blocked-words';
const NONE_LEFT_OUT: LeftOut = { long: 0, surplus: 0 };

/** What a set of values decides; seed, target, switches and blocked words are chosen apart. */
const comparable = (config: RunConfig): string =>
  JSON.stringify({ ...config, seed: 0, target: 0, preset: '', switches: {}, blockedWords: [] });

export class RunSettings {
  config = $state.raw<RunConfig>(builtInConfig(0, TARGET));
  /** The model that the values are for; null before one is known: then those of the built-in model hold. */
  #model = $state.raw<ModelInfo | null>(null);
  /** Of the list of blocked words that was given last. */
  leftOut = $state.raw<LeftOut>(NONE_LEFT_OUT);
  /** Which set the values are, or null when they were changed by hand. */
  readonly valueSet: ValueSet | null = $derived.by(() => {
    const now = comparable(this.config);
    return VALUE_SETS.find((name) => comparable(this.#values(name, 0, 0)) === now) ?? null;
  });

  readonly #now: () => number;
  readonly #store: SettingStore;

  constructor({ services, choice }: Pick<AppState, 'services' | 'choice'>) {
    this.#now = () => services.now();
    this.#store = services.store;
    this.newSeed();
    void this.#readBlocked().catch(() => undefined);
    // The values of the next run follow the chosen model, wherever it was chosen.
    $effect(() => {
      const { info } = choice;
      if (info) untrack(() => this.#useModel(info));
    });
  }
  /** The list of one's own holds for every run until it is changed. */
  async #readBlocked(): Promise<void> {
    const words = await this.#store.setting<readonly string[]>(BLOCKED_KEY);
    if (Array.isArray(words)) this.change({ blockedWords: this.#limited(wordsIn(words.join('\n'))) });
  }
  #limited(all: readonly string[]): readonly string[] {
    const { words, leftOut } = withinLimits(all);
    this.leftOut = leftOut;
    return words;
  }
  newSeed(): void {
    this.change({ seed: this.#now() % 1_000_000 });
  }
  change(patch: Partial<RunConfig>): void {
    this.config = { ...this.config, ...patch };
  }
  decode(stage: PipelineStage, patch: Partial<Decoding>): void {
    const { decoding } = this.config;
    this.change({ decoding: { ...decoding, [stage]: { ...decoding[stage], ...patch } } });
  }
  /** The words that no instruction may have, of the next run. */
  get blockedWords(): readonly string[] {
    return this.config.blockedWords ?? BLOCKED_WORDS;
  }
  /** @param list null for those of the public code */
  blockWords(list: readonly string[] | null): void {
    const words = list && this.#limited(list);
    if (!words) this.leftOut = NONE_LEFT_OUT;
    const { blockedWords: _, ...config } = this.config;
    this.config = words === null ? config : { ...config, blockedWords: words };
    void this.#store.saveSetting(BLOCKED_KEY, words).catch(() => undefined);
  }
  get anyLanguage(): boolean {
    return this.config.switches.similarityTokens === 'unicode';
  }
  /** Off: ROUGE-L sees a to z and digits alone, and instructions begin with such a character. */
  setAnyLanguage(on: boolean): void {
    const { switches } = this.config;
    this.change({ switches: { ...switches, similarityTokens: on ? 'unicode' : 'ascii' } });
  }
  /** Filters of our own are part of a preset; each can be switched apart. */
  hasFilter(filter: OwnFilter): boolean {
    return completeSwitches(this.config.switches)[filter] === 'reject';
  }
  setFilter(filter: OwnFilter, on: boolean): void {
    const { switches } = this.config;
    this.change({ switches: { ...switches, [filter]: on ? 'reject' : 'keep' } });
  }
  /** The switches of the chosen preset, without what was chosen apart. */
  get presetSwitches(): Required<Switches> {
    return presetSwitches(this.config.preset, this.#model);
  }
  /** The language is chosen apart and stays. */
  usePreset(preset: PresetName): void {
    this.#keepChosen(() => (this.config = withPreset(this.config, preset, this.#model)));
  }
  useValues(set: ValueSet): void {
    const { seed, target, preset } = this.config;
    this.#keepChosen(() => (this.config = withPreset(this.#values(set, seed, target), preset, this.#model)));
  }
  /** Values that were made for the model before become those for this one; what was changed by hand stays. */
  #useModel(model: ModelInfo): void {
    const follows = this.valueSet === 'model';
    this.#model = model;
    if (follows) this.useValues('model');
  }
  #values(set: ValueSet, seed: number, target: number): RunConfig {
    const { ask } = this.#model ?? {};
    if (set === 'paper') return { ...paperConfig(seed, target), ...(ask ? { ask } : {}) };
    return this.#model ? modelConfig(this.#model, seed, target) : builtInConfig(seed, target);
  }
  #keepChosen(change: () => void): void {
    const { anyLanguage, config } = this;
    change();
    this.setAnyLanguage(anyLanguage);
    if (config.blockedWords) this.change({ blockedWords: config.blockedWords });
  }
}
