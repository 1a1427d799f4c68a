/**
 * The models that @mlc-ai/web-llm knows, as data: generated from the pinned version by scripts/web-llm-catalogue.mjs.
 * What its list does not say (licence, size, why one would take it) is added here where it is known for sure.
 */
import data from './web-llm-catalogue.json';

export interface CatalogueModel {
  readonly id: string;
  /** The id without its format. */
  readonly name: string;
  /** With it: what tells two forms of one model apart. */
  readonly title: string;
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
  /** Numbers that it was trained to have; null where nobody knows for sure. */
  readonly parameters: number | null;
  /** The weights, from the number of parameters; the exact size is asked before a download. Null when nobody knows. */
  readonly aboutBytes: number | null;
  /** Of the largest buffer that a shader binds, where web-llm's list tells it. */
  readonly bufferBytes: number | null;
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

/**
 * Millions of parameters by the beginning of the id, as the models' own settings give them (matrices used twice count
 * once). Where nobody could tell for sure, there is none.
 */
const PARAMETERS: readonly (readonly [RegExp, number])[] = [
  [/^SmolLM2-135M-/u, 134.5],
  [/^SmolLM2-360M-/u, 361.8],
  [/^SmolLM2-1\.7B-/u, 1711.4],
  [/^TinyLlama-1\.1B-/u, 1100],
  [/Llama-3\.2-1B-/u, 1235.8],
  [/Llama-3\.2-3B-/u, 3212.7],
  [/Llama-3(?:\.1)?-8B-|^DeepSeek-R1-Distill-Llama-8B-/u, 8030.3],
  [/^Llama-3(?:\.1)?-70B-/u, 70_553.7],
  [/^Llama-2-7b-/u, 6738.4],
  [/^Llama-2-13b-/u, 13_015.9],
  [/^gemma-2b-/u, 2506.2],
  [/^gemma-2-2b-/u, 2614.3],
  [/^gemma-2-9b-/u, 9241.7],
  [/^gemma3-1b-/u, 999.9],
  [/^Qwen2(?:\.5)?-(?:Coder-)?0\.5B-/u, 494],
  [/^Qwen2(?:\.5)?-(?:Coder-|Math-)?1\.5B-/u, 1543.7],
  [/^Qwen2\.5-(?:Coder-)?3B-/u, 3085.9],
  [/^Qwen2(?:\.5)?-(?:Coder-|Math-)?7B-|^DeepSeek-R1-Distill-Qwen-7B-/u, 7615.6],
  [/^Qwen3-0\.6B-/u, 596],
  [/^Qwen3-1\.7B-/u, 1720.6],
  [/^Qwen3-4B-/u, 4022.5],
  [/^Qwen3-8B-/u, 8190.7],
  [/^phi-1_5-/u, 1418.3],
  [/^phi-2-/u, 2779.7],
  [/^Phi-3(?:\.5)?-mini-/u, 3821.1],
  [/^Phi-4-mini-/u, 3836],
  [/Mistral-7B-|^WizardMath-7B-/u, 7241.7],
  [/^OLMo-2-0425-1B-/u, 1484.9],
  [/^OLMo-2-1124-7B-/u, 7298.6],
  [/^RedPajama-INCITE-Chat-3B-/u, 2775.9],
  [/^stablelm-2-zephyr-1_6b-/u, 1644.5],
];

/** Bits of one parameter with its share of a scale; q0f32 is left out, because its files hold 16 or 32 bits each. */
const BITS: Readonly<Record<string, number>> = { q4f16_1: 4.5, q4f32_1: 5, q3f16_1: 3.6, q0f16: 16 };

function bytesOf(parameters: number | null, quantisation: string): number | null {
  const bits = BITS[quantisation];
  return parameters === null || bits === undefined ? null : Math.round((parameters * bits) / 8);
}

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
  const quantisation = /q\df(?:16|32)(?:_\d)?/u.exec(id)?.[0] ?? '';
  const name = id.replace(/-q\df(?:16|32)(?:_\d)?-MLC.*$/u, '').replaceAll('-', ' ');
  const millions = PARAMETERS.find(([pattern]) => pattern.test(id))?.[1];
  const parameters = millions === undefined ? null : Math.round(millions * 1_000_000);
  return {
    id,
    name,
    // Two of one form differ in their context alone.
    title: `${name} ${quantisation}${id.endsWith('-1k') ? ' 1k' : ''}`,
    style: /-Base-|^phi-(?:1_5|2)-/u.test(id) ? 'base' : 'instruct',
    quantisation,
    vramMB,
    contextLength: overrides['context_window_size'] ?? 4096,
    needsF16: f16,
    lowResource,
    parameters,
    aboutBytes: bytesOf(parameters, quantisation),
    bufferBytes: record.bufferBytes,
    licence: LICENCES.find(([pattern]) => pattern.test(id))?.[1] ?? null,
    reason: REASONS[id] ?? null,
    model,
    library: data.libraries + record.library,
    overrides,
  };
});
