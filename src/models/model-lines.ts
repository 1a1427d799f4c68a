/** The lines of the Models screen: stored models and those that can be downloaded, each with how it fits this device. */
import type { DeviceReport } from '../core/models/device-report';
import { type FitVerdict, modelFit } from '../core/models/model-fit';
import { BUILT_IN_WORK } from '../core/models/run-time';
import { choiceId, computedBytes, type ModelInfo, type StoredModel } from '../core/models/stored-model';
import type { FetchableModel } from './model-library';
import { WORDS } from './words';

/** One line of the list, stored or to be fetched. */
export interface ModelLine {
  readonly id: string;
  readonly name: string;
  readonly style: 'base' | 'instruct';
  readonly engine: ModelInfo['engine'];
  readonly parameters: number | null;
  /** Of what is here; of one that can be fetched, the weights alone. */
  readonly bytes: number | null;
  readonly gpuBytes: number | null;
  readonly licence: string | null;
  readonly contextLength: number | null;
  readonly why: string | null;
  /** ISO 639, `mul` for many; empty where unknown. */
  readonly languages: readonly string[];
  /** On the CPU for one task, in that of the standard model; null where unknown. */
  readonly work: number | null;
  /** How it is best asked to write tasks; absent: as its style says, or unknown. */
  readonly ask?: 'continue' | 'turns';
  /** Of the page, for weights and context; null where unknown. */
  readonly memoryBytes: number | null;
  /** Whether the trainer here can train it; null where unknown. */
  readonly finetunable: boolean | null;
  /** Whether this project has run it itself; null where that is not known. */
  readonly loaded: boolean | null;
  /** Where one that can be fetched comes from: beside this page, or a host of models. */
  readonly from: 'here' | 'hub';
  readonly verdict: FitVerdict;
  /** As it is here; null for one that can be fetched. */
  readonly here: ModelInfo | null;
}

/** Stored models in their order, then the others: for the GPU from small to large, for the CPU from little work to much. */
export function modelLines(
  models: readonly ModelInfo[],
  offered: readonly FetchableModel[],
  device: DeviceReport,
): readonly ModelLine[] {
  const known = new Map(offered.map((model) => [model.id, model]));
  const bySource = new Map(
    offered.flatMap((model) => (model.source === null ? [] : [[model.source, model]])),
  );
  const offerOf = (info: ModelInfo): FetchableModel | undefined =>
    known.get(info.id) ?? bySource.get((info as Partial<StoredModel>).source ?? '');
  const hashes = new Set(models.map(({ hash }) => hash));
  const here = models.map((info) => {
    const line = lineOf(info, offerOf(info), device);
    const { adapter } = info;
    if (!adapter || hashes.has(adapter.base.hash)) return line;
    return { ...line, verdict: { fit: 'not-here', why: WORDS.notes.noBase(adapter.base.name) } } as const;
  });
  const mine = new Set([...here.map(({ id }) => id), ...models.map((info) => offerOf(info)?.id)]);
  const others = offered
    .filter(({ id }) => !mine.has(id))
    .map((model): ModelLine => ({
      ...model,
      work: model.work ?? null,
      memoryBytes: model.memoryBytes ?? null,
      verdict: modelFit({ ...model, toStore: model.bytes }, device),
      here: null,
    }))
    .sort(byEase);
  return [...here, ...others];
}

/** The model for the GPU that is worth downloading: the best that runs well, unless it is here already. */
export function bestToFetch(lines: readonly ModelLine[]): ModelLine | null {
  const best = lines
    .filter(({ engine, verdict }) => engine === 'web-llm' && verdict.fit === 'well')
    .reduce<ModelLine | null>((found, line) => (found && !isBetter(line, found) ? found : line), null);
  return best?.here === null ? best : null;
}

/** Longer than this for a hundred tasks, and a smaller model is the better choice. */
const PATIENCE_SECONDS = 3_600;
/** What the pick depends on besides the device. */
interface PickFacts {
  /** Seconds for a hundred tasks, as far as they are known. */
  readonly seconds: (line: ModelLine) => number | null;
  /** Without it only what is here or beside the page can be taken. */
  readonly online: boolean;
}

/**
 * The model to take on this device, here or to be fetched: the best for its GPU; without one, the best for the CPU that this
 * project has run itself and that a hundred tasks do not take an hour; else the built-in one. Null before that is known.
 */
export function pickFor(
  lines: readonly ModelLine[],
  { seconds, online }: PickFacts = { seconds: () => null, online: true },
): ModelLine | null {
  const well = lines.filter(
    ({ verdict, here, from }) => verdict.fit === 'well' && (online || here !== null || from === 'here'),
  );
  const onGpu = well.filter(({ engine }) => engine === 'web-llm');
  const onCpu = well.filter(
    (line) => line.engine === 'llama.cpp' && line.loaded === true && (seconds(line) ?? 0) <= PATIENCE_SECONDS,
  );
  const best = (onGpu.length > 0 ? onGpu : onCpu).reduce<ModelLine | null>(
    (found, line) => (found && !isBetter(line, found) ? found : line),
    null,
  );
  return best ?? lines.find(({ here }) => here?.origin === 'built-in') ?? null;
}

/** Models for the GPU first: where none runs, they stand in a group of their own. */
function byEase(a: ModelLine, b: ModelLine): number {
  const onGpu = (line: ModelLine): number => Number(line.engine === 'web-llm');
  const work = (line: ModelLine): number => (line.engine === 'web-llm' ? 0 : (line.work ?? Infinity));
  const differences = [
    onGpu(b) - onGpu(a),
    work(a) === work(b) ? 0 : work(a) - work(b),
    (a.gpuBytes ?? a.bytes ?? 0) - (b.gpuBytes ?? b.bytes ?? 0),
  ];
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** More parameters, then room for more examples, then less memory. */
function isBetter(a: ModelLine, b: ModelLine): boolean {
  const differences = [
    (a.parameters ?? 0) - (b.parameters ?? 0),
    (a.contextLength ?? 0) - (b.contextLength ?? 0),
    (b.gpuBytes ?? 0) - (a.gpuBytes ?? 0),
  ];
  return (differences.find((difference) => difference !== 0) ?? 0) > 0;
}

function lineOf(info: ModelInfo, offered: FetchableModel | undefined, device: DeviceReport): ModelLine {
  const onGpu = info.engine === 'web-llm';
  const need = {
    engine: info.engine,
    bytes: computedBytes(info),
    onGpu: info.onGpu ?? false,
    gpuBytes: offered?.gpuBytes ?? (onGpu ? info.bytes : null),
    // Names of such models say in what they compute.
    bufferBytes: offered?.bufferBytes ?? null,
    halfPrecision: offered?.halfPrecision ?? (onGpu && /f16/iu.test(info.name)),
    memoryBytes: offered?.memoryBytes ?? null,
    work: info.origin === 'built-in' ? BUILT_IN_WORK : (offered?.work ?? null),
  };
  const { name, style, licence, contextLength } = info;
  return {
    ...need,
    // An adapter's own: its base is another line.
    bytes: info.bytes,
    parameters: offered?.parameters ?? null,
    id: choiceId(info),
    name,
    style,
    licence,
    contextLength,
    why: offered?.why ?? noteOf(info),
    languages: offered?.languages ?? info.languages ?? [],
    ...(info.ask ? { ask: info.ask } : {}),
    finetunable: offered?.finetunable ?? null,
    loaded: offered?.loaded ?? null,
    from: offered?.from ?? 'here',
    verdict: modelFit(need, device),
    here: info,
  };
}

function noteOf(info: ModelInfo): string {
  const onGpu = info.onGpu ?? false;
  switch (info.origin) {
    case 'built-in':
      return WORDS.notes.builtIn;
    case 'finetuned':
      return WORDS.notes.finetuned(onGpu, info.adapter?.base.name ?? null);
    case 'server':
      return WORDS.notes.server(info.host);
    default:
      return WORDS.notes.stored(onGpu);
  }
}
