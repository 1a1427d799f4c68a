/** What can be fetched, from every list: GGUF models, those beside the page, and web-llm's. */
import type { CatalogueModel } from './catalogue';
import { GGUF_MODELS, ggufId } from './gguf-catalogue';
import type { WantedGguf } from './gguf-files';
import type { MirroredModel } from './mirror';
import type { FetchableModel } from './model-library';

const MB = 1_000_000;

/** GGUF models of the list and of the mirror, in their order. */
export function ggufOffers(mirrored: readonly MirroredModel[]): readonly FetchableModel[] {
  const here = new Set(mirrored.map(({ sha256 }) => sha256));
  const listed = GGUF_MODELS.map((model): FetchableModel => {
    const { id, name, style, ask, bos, parameters, bytes, memoryBytes, work, contextLength, licence } = model;
    const { why, loaded, languages, finetunable } = model;
    return {
      ...ON_CPU,
      ...{ id, name, style, ask, bos, parameters, bytes, memoryBytes, work, contextLength, licence },
      ...{ why, loaded, languages, finetunable },
      from: here.has(model.sha256 ?? '') ? 'here' : 'hub',
      source: model.url,
    };
  });
  const known = new Set(GGUF_MODELS.map(({ sha256 }) => sha256));
  const others = mirrored
    .filter(({ sha256 }) => !known.has(sha256))
    .map(({ sha256, name, bytes, licence }): FetchableModel => ({
      ...ON_CPU,
      id: ggufId(sha256),
      name,
      bytes,
      licence,
      style: 'instruct',
      parameters: null,
      contextLength: null,
      why: null,
      from: 'here',
      source: null,
      loaded: null,
      languages: [],
      finetunable: null,
    }));
  return [...listed, ...others];
}
const ON_CPU = { engine: 'llama.cpp', gpuBytes: null, halfPrecision: false } as const;

/** The file behind an offer; null when it is none of these. */
export function wantedGguf(id: string, mirrored: readonly MirroredModel[]): WantedGguf | null {
  const listed = GGUF_MODELS.find((model) => model.id === id);
  if (listed) {
    const { url, file, bytes, exact, sha256 } = listed;
    return { key: id, url, file, ...(exact ? { bytes } : {}), ...(sha256 === null ? {} : { sha256 }) };
  }
  const other = mirrored.find(({ sha256 }) => ggufId(sha256) === id);
  if (!other) return null;
  const { name, bytes, sha256 } = other;
  return { key: id, url: null, file: name, bytes, sha256 };
}

/** A model of web-llm's list. */
export const fetchable = (model: CatalogueModel): FetchableModel => ({
  id: model.id,
  name: model.title,
  engine: 'web-llm',
  style: model.style,
  parameters: model.parameters,
  bytes: model.aboutBytes,
  gpuBytes: model.vramMB * MB,
  halfPrecision: model.needsF16,
  bufferBytes: model.bufferBytes,
  contextLength: model.contextLength,
  licence: model.licence,
  why: model.reason,
  from: 'hub',
  source: null,
  loaded: false,
  languages: model.languages,
  finetunable: null,
});
