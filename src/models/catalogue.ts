/**
 * The models that @mlc-ai/web-llm knows, as data: generated from the pinned version by scripts/web-llm-catalogue.mjs.
 * What its list does not say (licence, size, why one would take it) is added here where it is known for sure.
 */
import data from './web-llm-catalogue.json';

export interface CatalogueModel {
  readonly id: string;
  /** The id without its format. */
  readonly name: string;
  readonly style: 'base' | 'instruct';
  /** How weights are stored, as in `q4f16_1`: 4 bits each, computed in 16 bits. */
  readonly quantisation: string;
  /** GPU memory with a full context, in MB. */
  readonly vramMB: number;
  /** Tokens, prompt and completion together. */
  readonly contextLength: number;
  /** Needs WebGPU's `shader-f16`. */
  readonly needsF16: boolean;
  /** For phones and laptops, by its makers' word. */
  readonly lowResource: boolean;
  /** Roughly what is downloaded; the exact size is asked before. Null when nobody knows. */
  readonly aboutBytes: number | null;
  readonly licence: string | null;
  /** Why one would take it; null for most. */
  readonly reason: string | null;
  /** Addresses of its folder and of its library. */
  readonly model: string;
  readonly library: string;
  /** Settings that web-llm's list gives it. */
  readonly overrides: Readonly<Record<string, number>>;
}

/** The version of web-llm that this list and all libraries belong to. */
export const WEB_LLM_VERSION = data.version;
/** What this version offers a model library, as `module.name`. */
export const LIBRARY_IMPORTS: ReadonlySet<string> = new Set(data.imports);

/** By the beginning of the id. Families with several licences, and those that are not known for sure, are left out. */
const LICENCES: readonly (readonly [RegExp, string])[] = [
  [/^Llama-3\.2-/u, 'Llama 3.2 Community License'],
  [/^Llama-3\.1-/u, 'Llama 3.1 Community License'],
  [/^Llama-3-/u, 'Llama 3 Community License'],
  [/^Llama-2-/u, 'Llama 2 Community License'],
  [/^gemma-?[23]?-?\d/u, 'Gemma Terms of Use'],
  [/^(?:Phi-|phi-)/u, 'MIT'],
  [/^SmolLM2-/u, 'Apache-2.0'],
  [/^Qwen3-/u, 'Apache-2.0'],
  [/^Qwen2(?:\.5)?-(?:0\.5|1\.5|7)B-/u, 'Apache-2.0'],
  [/^TinyLlama-/u, 'Apache-2.0'],
  [/^OLMo-2-/u, 'Apache-2.0'],
  [/^Mistral-7B-Instruct-/u, 'Apache-2.0'],
  [/^RedPajama-INCITE-/u, 'Apache-2.0'],
];

/** Weights alone, from the sizes of the models. */
const ABOUT_MB: Readonly<Record<string, number>> = {
  'SmolLM2-135M-Instruct-q0f16-MLC': 269,
  'SmolLM2-360M-Instruct-q4f16_1-MLC': 204,
  'SmolLM2-360M-Instruct-q4f32_1-MLC': 226,
  'SmolLM2-360M-Instruct-q0f16-MLC': 724,
  'Qwen2.5-0.5B-Instruct-q4f16_1-MLC': 278,
  'Qwen2.5-0.5B-Instruct-q4f32_1-MLC': 309,
  'Qwen2.5-0.5B-Instruct-q0f16-MLC': 988,
  'Qwen2.5-0.5B-Instruct-q0f32-MLC': 1976,
};

const REASONS: Readonly<Record<string, string>> = {
  'SmolLM2-360M-Instruct-q4f16_1-MLC': 'The smallest download of this list',
  'SmolLM2-360M-Instruct-q4f32_1-MLC':
    'The smallest download for graphics processors without 16-bit arithmetic',
  'Ministral-3-3B-Base-2512-q4f16_1-MLC':
    'A base model, as in the paper: it continues text and was not trained to obey',
  'phi-1_5-q4f16_1-MLC': 'The smallest base model of this list: it continues text, as the paper’s model did',
};

/** In web-llm's order. */
export const CATALOGUE: readonly CatalogueModel[] = data.models.map((record) => {
  const { id, model, vramMB, lowResource, f16 } = record;
  // A file of data has one type for all rows; keys that a row lacks are undefined there.
  const overrides = Object.fromEntries(
    Object.entries(record.overrides).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    ),
  );
  const about = ABOUT_MB[id];
  return {
    id,
    name: id.replace(/-q\df(?:16|32)(?:_\d)?-MLC.*$/u, '').replaceAll('-', ' '),
    style: /-Base-|^phi-(?:1_5|2)-/u.test(id) ? 'base' : 'instruct',
    quantisation: /q\df(?:16|32)(?:_\d)?/u.exec(id)?.[0] ?? '',
    vramMB,
    contextLength: overrides['context_window_size'] ?? 4096,
    needsF16: f16,
    lowResource,
    aboutBytes: about === undefined ? null : about * 1_000_000,
    licence: LICENCES.find(([pattern]) => pattern.test(id))?.[1] ?? null,
    reason: REASONS[id] ?? null,
    model,
    library: data.libraries + record.library,
    overrides,
  };
});
