/** The lines of the Models screen: models that are here, and those that can be fetched, each with how it fits. */
import type { DeviceReport } from '../core/models/device-report';
import { type FitVerdict, modelFit } from '../core/models/model-fit';
import { choiceId, type ModelInfo } from '../core/models/stored-model';
import type { FetchableModel } from '../models/model-shelf';

export interface ModelLine {
  readonly id: string;
  readonly name: string;
  readonly style: 'base' | 'instruct';
  readonly engine: ModelInfo['engine'];
  readonly bytes: number | null;
  readonly gpuBytes: number | null;
  readonly licence: string | null;
  readonly contextLength: number | null;
  readonly why: string | null;
  readonly verdict: FitVerdict;
  /** As it is here; null for one that can be fetched. */
  readonly here: ModelInfo | null;
}

/** Those that are here in their order, then the others from small to large. */
export function modelLines(
  models: readonly ModelInfo[],
  offered: readonly FetchableModel[],
  device: DeviceReport,
): readonly ModelLine[] {
  const known = new Map(offered.map((model) => [model.id, model]));
  const here = models.map((info) => lineOf(info, known.get(info.id), device));
  const mine = new Set(here.map(({ id }) => id));
  const others = offered
    .filter(({ id }) => !mine.has(id))
    .map((model): ModelLine => ({ ...model, verdict: modelFit(model, device), here: null }))
    .sort((a, b) => (a.gpuBytes ?? a.bytes ?? 0) - (b.gpuBytes ?? b.bytes ?? 0));
  return [...here, ...others];
}

/** The best model for the graphics processor that can be fetched: of those that run well, the largest. */
export function bestToFetch(lines: readonly ModelLine[]): ModelLine | null {
  return lines
    .filter(({ here, engine, verdict }) => !here && engine === 'web-llm' && verdict.fit === 'well')
    .reduce<ModelLine | null>(
      (best, line) => (best && (best.gpuBytes ?? 0) >= (line.gpuBytes ?? 0) ? best : line),
      null,
    );
}

function lineOf(info: ModelInfo, offered: FetchableModel | undefined, device: DeviceReport): ModelLine {
  const onGpu = info.engine === 'web-llm';
  const need = {
    engine: info.engine,
    bytes: info.bytes,
    gpuBytes: offered?.gpuBytes ?? (onGpu ? info.bytes : null),
    // Names of such models say in what they compute.
    halfPrecision: offered?.halfPrecision ?? (onGpu && /f16/iu.test(info.name)),
  };
  const { name, style, licence, contextLength } = info;
  return {
    ...need,
    id: choiceId(info),
    name,
    style,
    licence,
    contextLength,
    why: offered?.why ?? noteOf(info),
    verdict: modelFit(need, device),
    here: info,
  };
}

function noteOf(info: ModelInfo): string {
  switch (info.origin) {
    case 'built-in':
      return 'Comes with this page. It knows the form of instructions better than facts.';
    case 'finetuned':
      return 'Finetuned here.';
    case 'server':
      return `Texts go to ${info.host ?? 'the server'}.`;
    default:
      return 'Stored on this device.';
  }
}
