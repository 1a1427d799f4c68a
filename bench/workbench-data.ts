/**
 * A run of any size as a whole-run backup in a file: instructions like those that a model writes, rejected ones, the
 * raw answers that hold them, types and instances. The same size gives the same file.
 */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Tally } from '../src/core/dataset/tally';
import { callId, candidateId, runId, seedId } from '../src/core/ids';
import { initialProgress } from '../src/core/pipeline/progress';
import { builtInConfig } from '../src/core/presets';
import type { BackupRow } from '../src/core/ports';
import type { ModelCall, PipelineStage, RunRecord } from '../src/core/run';
import type { Candidate, MachineTask, PoolSeed } from '../src/core/task';
import { writeBackup } from '../src/export/backup';
import { InstructionTexts } from './instruction-texts';

const SEEDS = 175;
const A_REQUEST = 4;
const PAGE = 1_000;
/** The first request that no other run of the bench has: two runs share no task unless they are meant to. */
interface Size {
  readonly tasks: number;
  /** Two runs with other seeds have other texts. */
  readonly seed: number;
}

class ManyRows {
  readonly #id = runId(1);
  readonly #kept: string[];
  readonly #seeds: string[];

  constructor(private readonly size: Size) {
    const texts = new InstructionTexts(size.seed, 0.02);
    const all = Array.from({ length: SEEDS + size.tasks }, (_, i) => texts.next(i));
    this.#seeds = all.slice(0, SEEDS);
    this.#kept = all.slice(SEEDS).map((text, i) => (i % 11 === 0 ? `Please ${text}` : text));
  }

  *tasks(): Generator<PoolSeed | MachineTask> {
    const id = this.#id;
    for (const [i, instruction] of this.#seeds.entries()) {
      yield {
        origin: 'seed',
        id: seedId(id, i),
        runId: id,
        sourceId: `seed_${i}`,
        name: `seed ${i}`,
        instruction,
        isClassification: i % 7 === 0,
        instances: [{ input: '', output: `The answer number ${i}.` }],
      };
    }
    for (const [seq, instruction] of this.#kept.entries()) {
      const requestIndex = Math.floor(seq / A_REQUEST);
      yield {
        origin: 'machine',
        stage: 'complete',
        id: candidateId(id, requestIndex, seq % A_REQUEST),
        runId: id,
        seq,
        instruction,
        isClassification: seq % 4 === 0,
        instances: [{ input: seq % 2 === 0 ? '' : this.#text(seq * 7), output: this.#text(seq * 13) }],
        dropped: [],
        provenance: {
          requestIndex,
          item: seq % A_REQUEST,
          model: 'built-in',
          exemplars: Array.from({ length: 8 }, (_, i) => seedId(id, (seq + i * 17) % SEEDS)),
          mostSimilar: Array.from({ length: 10 }, (_, i) => ({
            id: seedId(id, (seq + i) % SEEDS),
            rougeL: ((seq * 7) % 70) / 100 / (i + 1),
          })),
          meanSimilarity: 0.12,
          createdAt: 1_700_000_000_000 + seq,
        },
      };
    }
  }

  /** Every kept one, and one too similar to it for every other request. */
  *candidates(): Generator<Candidate> {
    const id = this.#id;
    for (const [seq, text] of this.#kept.entries()) {
      const requestIndex = Math.floor(seq / A_REQUEST);
      const base = { runId: id, requestIndex };
      const nearest = { id: seedId(id, seq % SEEDS), rougeL: ((seq * 7) % 70) / 100 };
      yield {
        ...base,
        id: candidateId(id, requestIndex, seq % A_REQUEST),
        item: seq % A_REQUEST,
        text,
        verdict: 'kept',
        detail: '',
        nearest,
      };
      if (seq % A_REQUEST !== A_REQUEST - 1 || requestIndex % 2 !== 0) continue;
      yield {
        ...base,
        id: candidateId(id, requestIndex, A_REQUEST),
        item: A_REQUEST,
        text: this.#rejected(seq),
        verdict: 'too-similar',
        detail: '',
        nearest: { id: candidateId(id, requestIndex, 0), rougeL: 0.9 },
      };
    }
  }

  /** Each answer of a request holds its candidates; each task was asked for its type and its instances. */
  *calls(): Generator<ModelCall> {
    const requests = Math.ceil(this.#kept.length / A_REQUEST);
    const prompt = this.#seeds.slice(0, 8).join('\n');
    const base = {
      runId: this.#id,
      exemplars: Array.from({ length: 8 }, (_, i) => seedId(this.#id, i)),
      classificationOnly: false,
      prompt,
      finishReason: 'stop',
      seed: 3,
      promptTokens: 200,
      cachedTokens: 100,
      completionTokens: 60,
      seconds: 0.5,
      createdAt: 9,
    } as const;
    const call = (
      stage: PipelineStage,
      index: number,
      rest: Pick<ModelCall, 'taskId' | 'text'>,
    ): ModelCall => ({
      ...base,
      id: callId(this.#id, stage, index),
      stage,
      index,
      ...rest,
    });
    const taskId = (seq: number) => candidateId(this.#id, Math.floor(seq / A_REQUEST), seq % A_REQUEST);
    for (let index = 0; index < this.#kept.length; index++) {
      yield call('classification', index, { taskId: taskId(index), text: index % 4 === 0 ? ' Yes' : ' No' });
    }
    for (let index = 0; index < this.#kept.length; index++) {
      const text = ` ${this.#text(index * 13)}\n`;
      yield call('instances', index, { taskId: taskId(index), text });
    }
    for (let index = 0; index < requests; index++) {
      const first = index * A_REQUEST;
      const lines = this.#kept.slice(first, first + A_REQUEST);
      const texts = index % 2 === 0 ? [...lines, this.#rejected(first + A_REQUEST - 1)] : lines;
      const text = texts.map((line, i) => `${i === 0 ? '' : `${i + 9}.`} ${line}\n`).join('');
      yield call('instructions', index, { taskId: null, text });
    }
  }

  #text(at: number): string {
    return this.#kept[at % this.#kept.length] ?? '';
  }
  #rejected(seq: number): string {
    return `${this.#text(seq)} Do it again.`;
  }
}

async function* inPages<T>(rows: Iterable<T>): AsyncGenerator<readonly T[]> {
  await Promise.resolve();
  let page: T[] = [];
  for (const row of rows) {
    page.push(row);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Writes the backup of a finished run with `tasks` machine tasks. */
export async function writeLargeBackup(path: string, size: Size): Promise<void> {
  const rows = new ManyRows(size);
  const id = runId(1);
  const run: RunRecord = {
    id,
    number: 1,
    createdAt: 1_700_000_000_000 + size.seed,
    config: builtInConfig(size.seed, size.tasks),
    model: { id: 'built-in', name: 'Built-in model', hash: 'a1b2c3d4e5f6a7b8' },
    seedSet: { id: 'paper', name: "The paper's seeds", count: SEEDS },
    source: 'here',
  };
  const tally = new Tally(id);
  const count = (entry: BackupRow): void => tally.add(entry);
  for (const row of rows.tasks()) count({ kind: 'task', row });
  for (const row of rows.candidates()) count({ kind: 'candidate', row });
  const rounds = Math.ceil(size.tasks / A_REQUEST / run.config.batchSize);
  const progress = { ...tally.progress(initialProgress(id)), rounds, nextSeq: size.tasks, finished: true };
  const source = {
    scanTasks: () => inPages(rows.tasks()),
    scanCandidates: () => inPages(rows.candidates()),
    scanCalls: () => inPages(rows.calls()),
    scanRatings: () => inPages([]),
  };
  const file = createWriteStream(path);
  for await (const piece of writeBackup({ run, progress }, source)) {
    if (!file.write(piece)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
