/** Runs whose texts, ratings and stages are anything, for properties; and what a store would tell of them. */
import fc from 'fast-check';
import { Tally } from '../core/dataset/tally';
import { candidateId, runId, seedId } from '../core/ids';
import { initialProgress } from '../core/pipeline/progress';
import type { BackupRow, RunSummary } from '../core/ports';
import { raterName } from '../core/review/rater';
import { type Rating, ratingId } from '../core/review/rating';
import type { RunProgress, RunRecord } from '../core/run';
import { REJECT_REASONS, type Candidate, type MachineTask } from '../core/task';
import { writeBackup } from '../export/backup';
import { collect } from '../io/collect';
import {
  candidateOf,
  complete,
  identified,
  instructionCall,
  machineTask,
  poolSeeds,
  tinyConfig,
  tinyRun,
} from './tiny-pool';

const never = new AbortController().signal;
export const RUN = runId(1);

export async function* inPages<T>(rows: readonly T[], size = 3): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < rows.length; at += size) {
    await Promise.resolve();
    yield rows.slice(at, at + size);
  }
}
/** A run and its rows as a store would hold them, counted by the rows. */
export interface Stored extends RunSummary {
  readonly rows: readonly BackupRow[];
}
export function stored(rows: readonly BackupRow[], rounds = 100): Stored {
  const tally = new Tally(RUN);
  for (const row of rows) tally.add(row);
  const run: RunRecord = tinyRun(tinyConfig(50));
  const progress: RunProgress = {
    ...tally.progress(initialProgress(RUN)),
    rounds,
    nextSeq: 40,
    seconds: 12.5,
  };
  return { run, progress, rows };
}
/** A store that holds these rows. */
export const source = ({ rows }: Pick<Stored, 'rows'>) => {
  const only = <K extends BackupRow['kind']>(kind: K) =>
    rows.filter((entry): entry is Extract<BackupRow, { kind: K }> => entry.kind === kind);
  return {
    scanTasks: () => inPages(only('task').map(({ row }) => row)),
    scanCandidates: () => inPages(only('candidate').map(({ row }) => row)),
    scanCalls: () => inPages(only('call').map(({ row }) => row)),
    scanRatings: () => inPages(only('rating').map(({ row }) => row)),
  };
};
/** The run's backup as text. */
export const backupText = async (all: Stored): Promise<string> =>
  (await collect(writeBackup(all, source(all)), 'application/jsonl', never)).text();

export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Half characters, as only a script could have stored them.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('<script>alert(1)</script>', '__proto__', '\u2028', '=1+1', '"}\n{"kind":"end"}'),
);
const instances = fc.array(fc.record({ input: anyText, output: anyText }), { maxLength: 2 });
const machine = fc.record({
  text: anyText,
  stage: fc.constantFrom('instruction', 'identified', 'complete'),
  yes: fc.boolean(),
  instances,
  edited: fc.boolean(),
  score: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
});
const answer = fc.constantFrom(true, false, null);
const anyRating = fc.record({
  seq: fc.nat({ max: 7 }),
  rater: anyText.map((typed) => raterName(typed) ?? 'Ana'),
  verdict: fc.constantFrom('accepted', 'rejected', null),
  flagged: fc.boolean(),
  answers: fc.record({ valid: answer, input: answer, output: answer }),
  print: fc.nat({ max: 0xffff_ffff }),
  ratedAt: fc.nat(),
});
export function ratingOf(seq: number, mark: Omit<Rating, 'id' | 'runId' | 'taskId'>): Rating {
  const taskId = candidateId(RUN, seq, 0);
  return { ...mark, id: ratingId(taskId, mark.rater), runId: RUN, taskId };
}
export const anyRun = fc
  .record({
    machines: fc.array(machine, { maxLength: 7 }),
    rejected: fc.array(fc.record({ text: anyText, verdict: fc.constantFrom(...REJECT_REASONS) }), {
      maxLength: 4,
    }),
    calls: fc.array(fc.record({ prompt: anyText, text: anyText }), { maxLength: 4 }),
    ratings: fc.uniqueArray(anyRating, { maxLength: 5, selector: ({ seq, rater }) => `${seq}~${rater}` }),
  })
  .map(({ machines, rejected, calls, ratings }) => {
    const tasks = machines.map((one, i): MachineTask => {
      const plain = machineTask(RUN, i, one.text);
      const original = { instruction: one.text, isClassification: null, instances: one.instances };
      const provenance = {
        ...plain.provenance,
        meanSimilarity: one.score,
        mostSimilar: [{ id: i > 0 ? candidateId(RUN, i - 1, 0) : seedId(RUN, 0), rougeL: one.score }],
        ...(one.edited ? { original } : {}),
      };
      const task: MachineTask = { ...plain, provenance };
      if (one.stage === 'instruction') return task;
      const typed = identified(task, one.yes);
      const whole = complete(typed);
      return one.stage === 'complete' && whole.stage === 'complete'
        ? { ...whole, instances: one.instances }
        : typed;
    });
    const dropped = rejected.map(({ text, verdict }, i): Candidate => ({
      ...candidateOf(machineTask(RUN, 50 + i, text), verdict),
      nearest: null,
    }));
    return stored([
      ...poolSeeds(RUN).map((row): BackupRow => ({ kind: 'task', row })),
      ...tasks.map((row): BackupRow => ({ kind: 'task', row })),
      ...tasks.map((row): BackupRow => ({ kind: 'candidate', row: candidateOf(row) })),
      ...dropped.map((row): BackupRow => ({ kind: 'candidate', row })),
      ...calls.map(({ prompt, text }, i): BackupRow => ({
        kind: 'call',
        row: { ...instructionCall(RUN, i), prompt, text },
      })),
      ...ratings.map(({ seq, ...mark }): BackupRow => ({ kind: 'rating', row: ratingOf(seq, mark) })),
    ]);
  });
export const someRun = (): Stored => {
  const [run] = fc.sample(anyRun, { seed: 11, numRuns: 1 });
  return stored(
    [
      ...(run?.rows ?? []).filter(({ row }) => !row.id.includes('-m00000')),
      ...[0, 1, 2].flatMap((i): BackupRow[] => {
        const row = complete(machineTask(RUN, i, `Name ${i} things that are round.`));
        return [
          { kind: 'task', row },
          { kind: 'candidate', row: candidateOf(row) },
        ];
      }),
    ].sort((a, b) => order(a) - order(b)),
  );
};
const order = ({ kind }: BackupRow): number => ['task', 'candidate', 'call', 'rating'].indexOf(kind);
