/** The models that @mlc-ai/web-llm knows, as data: generated from the pinned version by scripts/web-llm-catalogue.mjs. */
import data from './web-llm-catalogue.json';

/** One model of web-llm's list, with what the list does not say. */
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
  /** Numbers that it was trained to have; null where unknown. */
  readonly parameters: number | null;
  /** The weights, from the number of parameters; the exact size is asked before a download. Null when unknown. */
  readonly aboutBytes: number | null;
  /** Of the largest buffer that a shader binds, where web-llm's list tells it. */
  readonly bufferBytes: number | null;
  readonly licence: string | null;
  /** ISO 639, `mul` for many; empty where unknown. */
  readonly languages: readonly string[];
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

/** Bits of one parameter with its share of a scale; q0f32 is left out, because its files hold 16 or 32 bits each. */
const BITS: Readonly<Record<string, number>> = { q4f16_1: 4.5, q4f32_1: 5, q3f16_1: 3.6, q0f16: 16 };

function bytesOf(parameters: number | null, quantisation: string): number | null {
  const bits = BITS[quantisation];
  return parameters === null || bits === undefined ? null : Math.round((parameters * bits) / 8);
}

/** In web-llm's order. */
export const CATALOGUE: readonly CatalogueModel[] = data.models.map((record) => {
  const { id, model, vramMB, lowResource, f16, licence, languages, parameters, reason } = record;
  // A file of data has one type for all rows; keys that a row lacks are undefined there.
  const overrides = Object.fromEntries(
    Object.entries(record.overrides).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    ),
  );
  const quantisation = /q\df(?:16|32)(?:_\d)?/u.exec(id)?.[0] ?? '';
  const name = id.replace(/-q\df(?:16|32)(?:_\d)?-MLC.*$/u, '').replaceAll('-', ' ');
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
    licence,
    languages,
    reason,
    model,
    library: data.libraries + record.library,
    overrides,
  };
});
