/**
 * What the switches change in a stored run: its completions are parsed and judged again with each switch of a preset that
 * differs from the run's, one at a time and all together, and the rows are compared with the run's. No model is used.
 * Later completions would have differed, because their prompts depend on what was kept before: no replay can tell that.
 */
import { NEW_INSTRUCTIONS } from '../prompts/instruction-prompt';
import { candidateId } from '../ids';
import { draftsOf } from '../parse/instructions';
import { parseClassification } from '../parse/classification';
import { parseInstances } from '../parse/instances';
import { SWITCHES, differences } from '../presets';
import { Random, deriveSeed } from '../random';
import { completeSwitches, type ModelCall, type PresetName, type RunConfig, type Switches } from '../run';
import type { PoolIndex } from '../similarity/pool-index';
import type { TokenMode } from '../similarity/tokenize';
import type { Candidate, InstanceRejectReason, RunId, TaskId } from '../task';
import { type DecisionChange, changes } from './changes';
import { Judge, type JudgedRow } from './judge';

/** The part of a model call that a replay needs, without the long prompts. */
export type StoredAnswer = Pick<ModelCall, 'stage' | 'index' | 'taskId' | 'text' | 'finishReason'> & {
  readonly exemplars: number;
};
/** What the replay needs of a stored request. */
export function storedAnswer(call: ModelCall): StoredAnswer {
  const { stage, index, taskId, text, finishReason, exemplars } = call;
  return { stage, index, taskId, text, finishReason, exemplars: exemplars.length };
}

/** The run to be judged again. */
export interface ReplayQuestion {
  readonly runId: RunId;
  readonly config: RunConfig;
  /** Rounds whose verdicts are stored: completions of later ones are not judged yet. */
  readonly rounds: number;
  readonly seeds: readonly { readonly id: TaskId; readonly instruction: string }[];
}
/** Rows of a run in any order; candidates among themselves in the order of the run. */
export interface ReplayPage {
  readonly candidates?: readonly Candidate[];
  readonly answers?: readonly StoredAnswer[];
}

interface InstanceRow {
  readonly input: string;
  readonly output: string;
  readonly verdict: 'kept' | InstanceRejectReason;
}
/** A row that a switch changes, before and after. */
export type RowExample =
  | ({ readonly kind: 'candidate'; readonly of: string } & DecisionChange<JudgedRow>)
  | ({ readonly kind: 'instance'; readonly of: string } & DecisionChange<InstanceRow>);

/** What one switch, or a whole preset, changes in a run. */
export interface Effect {
  /** Rows whose text or verdict changes, new rows and missing rows. */
  readonly candidates: number;
  readonly instances: number;
  readonly keptBefore: number;
  readonly keptAfter: number;
  readonly instancesBefore: number;
  /** Of the tasks that stay; instances of newly kept instructions were never generated. */
  readonly instancesAfter: number;
  readonly examples: readonly RowExample[];
}
interface SwitchEffect {
  readonly name: keyof Switches;
  /** Null when it matters only while a run is generated. */
  readonly effect: Effect | null;
}
interface PresetEffect {
  readonly switches: readonly SwitchEffect[];
  readonly together: Effect;
}
/** What each preset would have made of the stored completions. */
export interface ReplayReport {
  /** Completions judged again. */
  readonly answers: number;
  /** Candidates whose completions are not stored. */
  readonly unread: number;
  /** Stored verdicts that a replay with the run's own switches does not reproduce. */
  readonly unexplained: number;
  readonly presets: Readonly<Record<PresetName, PresetEffect>>;
}

const EXAMPLES = 6;
/** Answers between two reports of progress. */
const STRIDE = 200;
const OF_INSTRUCTIONS: readonly (keyof Switches)[] = [
  'instructionCase',
  'unfinished',
  'listSplit',
  'stopAtSixteen',
  'similarityTokens',
  'similarityEdge',
  'statements',
];
const OF_INSTANCES: readonly (keyof Switches)[] = [
  'exampleSplit',
  'inputWithoutOutput',
  'emptyInputContradiction',
  'inputLabel',
  'repetitions',
  'exampleMarks',
  'secondMark',
  'unmarked',
  'labelledInput',
];

/** Whether stored completions show what the switch does: a text that was stopped early has no rest to parse. */
export function canReplay(name: keyof Switches, run: Switches): boolean {
  if (name === 'stopAtSixteen') return run.stopAtSixteen === 'line-start';
  return OF_INSTRUCTIONS.includes(name) || OF_INSTANCES.includes(name);
}

const candidateKeys = [
  (row: JudgedRow) => `${row.verdict} ${row.text}`,
  (row: JudgedRow) => row.text,
  (row: JudgedRow) => row.text.toLowerCase(),
];
const instanceKeys = [
  (row: InstanceRow) => JSON.stringify(row),
  (row: InstanceRow) => JSON.stringify([row.input, row.output]),
  (row: InstanceRow) => row.output,
];

/** Judges the stored completions of a run again under other switches (docs/ALGORITHM.md, section 8). */
export class Replay {
  readonly #candidates: Candidate[] = [];
  readonly #instructions: StoredAnswer[] = [];
  readonly #instances: StoredAnswer[] = [];
  readonly #types = new Map<TaskId, boolean>();
  constructor(
    private readonly question: ReplayQuestion,
    private readonly makeIndex: (mode: TokenMode) => PoolIndex,
  ) {}

  add({ candidates = [], answers = [] }: ReplayPage): void {
    for (const candidate of candidates) this.#candidates.push(candidate);
    const judged = this.question.rounds * this.question.config.batchSize;
    for (const answer of answers) {
      if (answer.stage === 'instructions' && answer.index < judged) this.#instructions.push(answer);
      if (answer.taskId === null) continue;
      if (answer.stage === 'instances') this.#instances.push(answer);
      if (answer.stage === 'classification') this.#types.set(answer.taskId, parseClassification(answer.text));
    }
  }

  report(onProgress: (done: number, total: number) => void = () => undefined): ReplayReport {
    const { switches } = this.question.config;
    const variants = new Map<string, Variant>();
    const texts = new Map(this.#candidates.map(({ id, text }) => [id, text]));
    const variantOf = (changed: Switches): Variant => {
      const key = JSON.stringify(differences(switches, changed).map((name) => [name, changed[name]]));
      const known = variants.get(key);
      if (known) return known;
      const variant = new Variant(this.question, changed, this.#candidates, this.makeIndex, texts);
      variants.set(key, variant);
      return variant;
    };
    // Completions have the numbers of their prompts: another form finds none of them.
    const { listForm } = completeSwitches(switches);
    const plan = (preset: PresetName): Plan => ({
      together: variantOf({ ...SWITCHES[preset], listForm }),
      switches: differences(switches, { ...SWITCHES[preset], listForm }).map((name) => ({
        name,
        variant: canReplay(name, switches)
          ? variantOf({ ...switches, [name]: SWITCHES[preset][name] })
          : null,
      })),
    });
    const plans = { ours: plan('ours'), paper: plan('paper'), reference: plan('reference') };
    const base = variantOf(switches);
    const all = [...variants.values()];
    const steps = { done: 0, total: this.#instructions.length + this.#instances.length };
    const step = (): void => {
      if (steps.done++ % STRIDE === 0) onProgress(steps.done, steps.total);
    };
    this.#instructions.sort((a, b) => a.index - b.index);
    for (const answer of this.#instructions) {
      const rows = base.judge(answer);
      for (const variant of all) if (variant !== base) variant.takeCandidates(answer, rows);
      step();
    }
    this.#instances.sort((a, b) => a.index - b.index);
    for (const answer of this.#instances) {
      const isClassification = answer.taskId === null ? undefined : this.#types.get(answer.taskId);
      if (isClassification !== undefined) {
        const rows = base.readInstances(answer, isClassification);
        for (const variant of all) variant.takeInstances(answer, isClassification, rows);
      }
      step();
    }
    const effect = (variant: Variant): Effect => variant.effect(base.kept);
    const ofPreset = (preset: PresetName): PresetEffect => {
      const plan = plans[preset];
      return {
        switches: plan.switches.map(({ name, variant }) => ({ name, effect: variant && effect(variant) })),
        together: effect(plan.together),
      };
    };
    const presets = { ours: ofPreset('ours'), paper: ofPreset('paper'), reference: ofPreset('reference') };
    const { unread, unexplained } = this.#compareWithStored(base);
    return { answers: this.#instructions.length + this.#instances.length, unread, unexplained, presets };
  }

  #compareWithStored(base: Variant): { unread: number; unexplained: number } {
    const read = new Set(this.#instructions.map(({ index }) => index));
    const stored = this.#candidates.filter(({ requestIndex }) => read.has(requestIndex));
    return {
      unread: this.#candidates.length - stored.length,
      unexplained: changes<{ text: string; verdict: string }>(
        stored.map(({ id, text, verdict }) => ({ id, text, verdict })),
        base.rows,
        [(row) => JSON.stringify(row)],
      ).length,
    };
  }
}

interface Plan {
  readonly together: Variant;
  readonly switches: readonly { readonly name: keyof Switches; readonly variant: Variant | null }[];
}

/** The run judged with one set of switches. */
class Variant {
  /** Every row, for the run's own switches only. */
  readonly rows: { id: TaskId; text: string; verdict: JudgedRow['verdict'] }[] = [];
  readonly #judge: Judge | null;
  readonly #changesInstances: boolean;
  readonly #gone = new Set<TaskId>();
  readonly #examples: RowExample[] = [];
  #candidates = 0;
  #instances = 0;
  #instancesBefore = 0;
  #instancesAfter = 0;

  constructor(
    private readonly question: ReplayQuestion,
    private readonly switches: Switches,
    candidates: readonly Candidate[],
    makeIndex: (mode: TokenMode) => PoolIndex,
    /** Instructions by task. */
    private readonly texts: ReadonlyMap<TaskId, string>,
  ) {
    const run = question.config.switches;
    const changed = differences(run, switches);
    const own = changed.length === 0;
    this.#changesInstances = changed.some((name) => OF_INSTANCES.includes(name));
    this.#judge =
      own || changed.some((name) => OF_INSTRUCTIONS.includes(name) && canReplay(name, run))
        ? new Judge(question, switches, candidates, makeIndex)
        : null;
  }

  get kept(): number {
    return this.#judge?.kept ?? 0;
  }

  /** The candidates of a completion with their verdicts. */
  judge(answer: StoredAnswer): readonly JudgedRow[] {
    const rows = this.#judge?.judge(answer.index, draftsOf(this.#stopped(answer), this.switches)) ?? [];
    for (const [item, { text, verdict }] of rows.entries()) {
      this.rows.push({ id: candidateId(this.question.runId, answer.index, item), text, verdict });
    }
    return rows;
  }

  takeCandidates(answer: StoredAnswer, before: readonly JudgedRow[]): void {
    if (!this.#judge) return;
    const after = this.#judge.judge(answer.index, draftsOf(this.#stopped(answer), this.switches));
    for (const change of changes(before, after, candidateKeys)) {
      this.#candidates++;
      const { before: was, after: is } = change;
      const of = candidateId(this.question.runId, answer.index, was ? before.indexOf(was) : after.length);
      if (was?.verdict === 'kept' && is?.verdict !== 'kept') this.#gone.add(of);
      this.#example({ kind: 'candidate', of: String(answer.index + 1), ...change });
    }
  }

  readInstances(answer: StoredAnswer, outputFirst: boolean): readonly InstanceRow[] {
    const { seed, maxInstances } = this.question.config;
    const { instances, dropped } = parseInstances(answer.text, {
      instruction: (answer.taskId && this.texts.get(answer.taskId)) ?? '',
      outputFirst,
      finishReason: answer.finishReason,
      switches: this.switches,
      maxInstances,
      random: new Random(deriveSeed(seed, 'labels', answer.index)),
    });
    return [
      ...instances.map(({ input, output }) => ({ input, output, verdict: 'kept' as const })),
      ...dropped.map(({ input, output, reason }) => ({ input, output, verdict: reason })),
    ];
  }

  takeInstances(answer: StoredAnswer, outputFirst: boolean, before: readonly InstanceRow[]): void {
    const keptBefore = keptOf(before);
    this.#instancesBefore += keptBefore;
    if (answer.taskId !== null && this.#gone.has(answer.taskId)) {
      this.#instances += keptBefore;
      return;
    }
    const after = this.#changesInstances ? this.readInstances(answer, outputFirst) : before;
    this.#instancesAfter += keptOf(after);
    if (after === before) return;
    for (const change of changes(before, after, instanceKeys)) {
      this.#instances++;
      this.#example({ kind: 'instance', of: answer.taskId ?? '', ...change });
    }
  }

  effect(keptBefore: number): Effect {
    return {
      candidates: this.#candidates,
      instances: this.#instances,
      keptBefore,
      keptAfter: this.#judge?.kept ?? keptBefore,
      instancesBefore: this.#instancesBefore,
      instancesAfter: this.#instancesAfter,
      examples: this.#examples,
    };
  }

  #example(example: RowExample): void {
    if (this.#examples.length < EXAMPLES) this.#examples.push(example);
  }

  /** The completion as it would have ended with the stop strings of these switches. */
  #stopped(answer: StoredAnswer): Pick<ModelCall, 'text' | 'finishReason'> {
    const run = this.question.config.switches.stopAtSixteen;
    if (run === this.switches.stopAtSixteen || run === 'anywhere') return answer;
    const last = answer.exemplars + NEW_INSTRUCTIONS;
    const at = [`${last}.`, `${last} .`]
      .map((stop) => answer.text.indexOf(stop))
      .filter((place) => place >= 0);
    return at.length > 0 ? { text: answer.text.slice(0, Math.min(...at)), finishReason: 'stop' } : answer;
  }
}

const keptOf = (rows: readonly InstanceRow[]): number =>
  rows.reduce((sum, { verdict }) => sum + (verdict === 'kept' ? 1 : 0), 0);
