/**
 * The data passport: one archive with the data in the chosen formats, the dataset card, settings for trainers, the
 * manifest of the run, ratings, and the whole-run backup. It is planned first (all counts and checks), then written.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { dataStatistics, type DataStatistics } from '../../core/dataset/statistics';
import { type Side, type Split, SplitBorder } from '../../core/dataset/split';
import { callId } from '../../core/ids';
import type { Progress, RunStore, RunSummary } from '../../core/ports';
import { qualityOf } from '../../core/review/quality';
import type { Rating } from '../../core/review/rating';
import { rejectedTasks } from '../../core/review/rejected';
import { PIPELINE_STAGES } from '../../core/run';
import { type NamedFilter, taskMatcher } from '../../core/pool-filter';
import type { StopSignal } from '../../core/signal';
import { defaultConfig } from '../../core/training/defaults';
import type { Task, TaskId } from '../../core/task';
import { writeBackup } from '../backup';
import { type CheckResult, FormatChecks } from '../checks';
import { collect } from '../../io/collect';
import { type DataFormatId, dataFormat, writeData } from '../data-formats';
import { type ExportOptions, isIn, runOptions } from '../formats';
import { Pacer } from '../../io/pacer';
import { FirstRows } from '../preview';
import { datasetCard } from './card';
import { llamaFactoryRuns, trlScripts, unslothScripts } from './trainer-files';
import {
  axolotlSettings,
  type DataPath,
  datasetInfo,
  type SettingsFile,
  type TrainerInput,
} from './trainer-settings';
import { writeZip, type ZipInput } from '../../io/zip-writer';
import { WORDS } from '../words';

/** Bytes hashed, and ratings written, in one go. */
const HASHED = 128 * 1024;
const LINES = 200;

export interface PassportChoice {
  readonly formats: readonly DataFormatId[];
  readonly withSeeds: boolean;
  /** Share of the instructions that is held out; 0 for none. */
  readonly share: number;
  readonly splitSeed: number;
  readonly withBackup: boolean;
  /** Leaves tasks rejected in Review out of the data; the backup still has them. */
  readonly withoutRejected: boolean;
  /** Only tasks that it lets through are in the data; the backup still has all. */
  readonly filter?: NamedFilter;
  /** Tasks with words for a classroom, where these are asked for, and whether they are in the data. */
  readonly named?: { readonly tasks: readonly TaskId[]; readonly included: boolean };
  /** What the ready-made runs for trainers do; a plan for models of real sizes where nothing is said. */
  readonly training?: TrainerInput;
}
export type PassportSource = Pick<
  RunStore,
  'scanTasks' | 'scanCandidates' | 'scanCalls' | 'scanRatings' | 'calls' | 'run'
>;

interface PassportChecks {
  readonly title: string;
  readonly results: readonly CheckResult[];
}
export interface PassportPlan {
  readonly summary: RunSummary;
  readonly choice: PassportChoice;
  readonly files: readonly DataPath[];
  /** Card and settings as they will be written. */
  readonly texts: readonly SettingsFile[];
  /** The first rows of each data file as they will be written; of Parquet as they are read back. */
  readonly firstRows: readonly SettingsFile[];
  readonly checks: readonly PassportChecks[];
  readonly statistics: DataStatistics;
  readonly ratings: readonly Rating[];
  /** Tasks that raters rejected, left out or not. */
  readonly rejected: ReadonlySet<TaskId>;
  readonly split: Split | null;
}

/** A free model of the family that this app finetunes, too large for a tab; easily replaced by another. */
const OUTSIDE: TrainerInput = {
  model: 'HuggingFaceTB/SmolLM2-1.7B',
  config: defaultConfig('HuggingFaceTB/SmolLM2-1.7B', 'lora'),
};

/** Counts and checks everything; reads the tasks three times and holds none in memory. */
export async function planPassport(
  source: PassportSource,
  summary: RunSummary,
  choice: PassportChoice,
  signal: StopSignal,
  onTasks: (tasks: number) => void = () => undefined,
): Promise<PassportPlan> {
  const { run } = summary;
  const { training = OUTSIDE } = choice;
  const ratings: Rating[] = [];
  for await (const page of source.scanRatings(run.id)) ratings.push(...page);
  const rejected = await rejectedTasks([ratings]);
  const left = leftOut(choice, rejected);
  const pages = (): AsyncIterable<readonly Task[]> =>
    paced(without(source.scanTasks(run.id), left, choice.filter), signal);
  const split = choice.share > 0 ? await findSplit(pages(), choice) : null;
  const options: ExportOptions = { withSeeds: choice.withSeeds, ...runOptions(run) };
  const checking = choice.formats.map((id) => ({
    id,
    checks: new FormatChecks(id, options),
    firstRows: { train: new FirstRows(id, options), validation: new FirstRows(id, options) },
  }));
  const counts = new Map<string, number>();
  let edited = 0;
  let seen = 0;
  const pacer = new Pacer();
  for await (const page of pages()) {
    for (const task of page) {
      if (task.origin === 'machine' && task.provenance.original) edited++;
      const side = split?.sideOf(task.instruction) ?? 'train';
      for (const { id, checks, firstRows } of checking) {
        firstRows[side].add(task);
        const key = `${id} ${side}`;
        counts.set(key, (counts.get(key) ?? 0) + checks.add(task));
      }
      await pacer.breathe();
    }
    seen += page.length;
    onTasks(seen);
  }
  const sides: readonly Side[] = split ? ['train', 'validation'] : ['train'];
  const files = choice.formats.flatMap((format) =>
    sides.map((side): DataPath => {
      const rows = counts.get(`${format} ${side}`) ?? 0;
      return { path: pathOf(format, split ? side : null), format, side, rows };
    }),
  );
  const firstRows = files.flatMap(({ path, format, side, rows }): SettingsFile[] => {
    const found = checking.find(({ id }) => id === format);
    return found ? [{ path, text: found.firstRows[side].text(rows) }] : [];
  });
  const statistics = await dataStatistics(pages());
  const checks = checking.map(({ id, checks: all }) => ({
    title: dataFormat(id).title,
    results: all.results(),
  }));
  if (split) checks.push({ title: 'Split', results: splitChecks(files) });
  const card = await datasetCard({
    summary,
    statistics,
    edited,
    rejected: choice.withoutRejected ? rejected.size : 0,
    named: choice.named ? { tasks: choice.named.tasks.length, included: choice.named.included } : null,
    filter: choice.filter ?? null,
    withSeeds: choice.withSeeds,
    split: split && { share: choice.share, seed: choice.splitSeed },
    files,
    checks,
    quality: ratings.length > 0 ? judged(ratings) : null,
  });
  const info = datasetInfo(run.number, files);
  const filled = files.filter(({ rows }) => rows > 0);
  const texts = [
    { path: 'README.md', text: card },
    ...(info ? [info] : []),
    ...(await axolotlSettings(filled, training)),
    ...(await llamaFactoryRuns(run.number, filled, training)),
    ...trlScripts(filled, training),
    ...unslothScripts(filled, training),
  ];
  return { summary, choice, files, texts, firstRows, checks, statistics, ratings, rejected, split };
}

/** Writes what was planned: the data, then the archive. Each step reports its own progress. */
export async function writePassport(
  source: PassportSource,
  plan: PassportPlan,
  now: number,
  version: string,
  signal: StopSignal,
  onProgress: (progress: Progress) => void,
): Promise<Blob> {
  const { summary, choice, split } = plan;
  const { run } = summary;
  const left = leftOut(choice, plan.rejected);
  const matches = taskMatcher(choice.filter);
  const data: ZipInput[] = [];
  for (const { path, format, side, rows } of plan.files) {
    const keeps = (task: Task): boolean =>
      !left.has(task.id) && matches(task) && (!split || split.sideOf(task.instruction) === side);
    const options: ExportOptions = { withSeeds: choice.withSeeds, ...runOptions(run), keeps };
    let done = 0;
    const pages = counted(source.scanTasks(run.id), (tasks) => {
      done += tasks.filter((task) => isIn(task, options)).length;
      onProgress({ label: WORDS.progress.file(path), unit: 'rows', done: Math.min(done, rows), total: rows });
    });
    const content = await collect(writeData(format, pages, options), '', signal);
    data.push({ path, content, packed: format === 'parquet' });
  }
  if (plan.ratings.length > 0) {
    data.push({ path: 'ratings.jsonl', content: await collect(ratingLines(plan.ratings), '', signal) });
  }
  if (choice.withBackup) {
    const newest = (await source.run(run.id)) ?? summary;
    const tell = (done: number): void =>
      onProgress({ label: WORDS.progress.backup, unit: 'rows', done, total: null });
    data.push({
      path: 'backup.jsonl',
      content: await collect(writeBackup(newest, source, tell), '', signal),
    });
  }
  const manifest = await manifestText(source, plan, data, now, version, signal);
  const files: ZipInput[] = [
    ...plan.texts.map(({ path, text }) => ({ path, content: new Blob([text]) })),
    { path: 'manifest.json', content: new Blob([manifest]) },
    ...data,
  ];
  const total = files.reduce((sum, { content }) => sum + content.size, 0);
  return writeZip(files, now, signal, (done) => onProgress({ label: 'Packing', done, total }));
}

/** What is needed to assess and repeat the run, with the first prompt of each stage as it was sent. */
async function manifestText(
  source: PassportSource,
  { summary: { run, progress }, choice, files, checks, statistics }: PassportPlan,
  data: readonly ZipInput[],
  now: number,
  version: string,
  signal: StopSignal,
): Promise<string> {
  const calls = await source.calls(PIPELINE_STAGES.map((stage) => callId(run.id, stage, 0)));
  const prompts = PIPELINE_STAGES.flatMap((stage, i) => {
    const call = calls[i];
    return call ? [[stage, { prompt: call.prompt, seed: call.seed }]] : [];
  });
  const hashes = new Map<string, string>();
  for (const { path, content } of data) hashes.set(path, await hashOf(content, signal));
  const { imported } = run;
  const made = imported
    ? { imported, statistics }
    : {
        model: run.model,
        seedSet: run.seedSet,
        settings: run.config,
        firstPrompts: Object.fromEntries(prompts) as unknown,
        figures: progress,
        statistics,
      };
  const manifest = {
    format: 'self-instruct-manifest',
    version: 1,
    app: { name: 'self-instruct', version },
    writtenAt: new Date(now).toISOString(),
    run: { number: run.number, createdAt: new Date(run.createdAt).toISOString(), source: run.source },
    ...made,
    choice,
    files: data.map(({ path, content }) => {
      const file = files.find((one) => one.path === path);
      const facts = file ? { format: file.format, split: file.side, entries: file.rows } : {};
      return { path, ...facts, bytes: content.size, sha256: hashes.get(path) };
    }),
    checks,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** SHA-256 piece by piece: the browser's own takes a whole file at once, which blocks the page. */
async function hashOf(content: Blob, signal: StopSignal): Promise<string> {
  const hash = sha256.create();
  const pacer = new Pacer();
  for (let at = 0; at < content.size; at += HASHED) {
    signal.throwIfAborted();
    hash.update(new Uint8Array(await content.slice(at, at + HASHED).arrayBuffer()));
    await pacer.breathe();
  }
  return bytesToHex(hash.digest());
}

async function* ratingLines(ratings: readonly Rating[]): AsyncGenerator<string> {
  await Promise.resolve();
  for (let at = 0; at < ratings.length; at += LINES) {
    const some = ratings.slice(at, at + LINES);
    yield some.map((rating) => `${JSON.stringify(rating)}\n`).join('');
  }
}

/** `data/alpaca-train.json`; each format has a name of its own. */
function pathOf(format: DataFormatId, side: Side | null): string {
  const { file } = dataFormat(format);
  const ending = file.slice(file.lastIndexOf('.'));
  return `data/${format}${side ? `-${side}` : ''}${ending}`;
}

async function findSplit(
  pages: AsyncIterable<readonly Task[]>,
  { share, splitSeed, withSeeds }: PassportChoice,
): Promise<Split> {
  const border = new SplitBorder({ share, seed: splitSeed });
  for await (const page of pages) {
    // Tasks without an instance give no row and would distort the share.
    for (const task of page) {
      const whole =
        task.origin === 'seed' ? withSeeds : task.stage === 'complete' && task.instances.length > 0;
      if (whole) border.add(task.instruction);
    }
  }
  return border.result();
}

function splitChecks(files: readonly DataPath[]): CheckResult[] {
  const empty = files.filter(({ rows }) => rows === 0);
  return [
    {
      title: WORDS.checks.bothSides,
      by: WORDS.by.everyTrainer,
      needed: true,
      failing: empty.length,
      first: empty.map(({ path }) => path),
    },
  ];
}

const judged = (ratings: readonly Rating[]) => ({
  quality: qualityOf(ratings),
  ratings: ratings.length,
  raters: new Set(ratings.map(({ rater }) => rater)).size,
});

async function* paced<T>(pages: AsyncIterable<T>, signal: StopSignal): AsyncGenerator<T> {
  const pacer = new Pacer();
  for await (const page of pages) {
    signal.throwIfAborted();
    yield page;
    await pacer.breathe();
  }
}
/** The tasks that are not in the data. */
const leftOut = (
  { withoutRejected, named }: PassportChoice,
  rejected: ReadonlySet<TaskId>,
): ReadonlySet<TaskId> =>
  new Set([...(withoutRejected ? rejected : []), ...(named && !named.included ? named.tasks : [])]);
async function* without(
  pages: AsyncIterable<readonly Task[]>,
  left: ReadonlySet<TaskId>,
  filter: NamedFilter | undefined,
): AsyncGenerator<readonly Task[]> {
  const matches = taskMatcher(filter);
  for await (const page of pages) {
    yield page.filter((task) => !left.has(task.id) && matches(task));
  }
}
async function* counted<T>(pages: AsyncIterable<T>, tell: (page: T) => void): AsyncGenerator<T> {
  for await (const page of pages) {
    yield page;
    tell(page);
  }
}
