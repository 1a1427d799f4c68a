/**
 * Re-applies the filters to stored completions under other switches. Exact, and cheap where it agrees with the run: each
 * stored candidate has its nearest score, so only members that the run's pool lacked are compared.
 */
import { type FilterOptions, filterOptions, tooSimilar } from '../filters/instruction-filters';
import { objectionTo, verdictOf } from '../filters/verdict';
import type { CandidateDraft } from '../parse/instructions';
import type { RunConfig, Switches } from '../run';
import type { PoolIndex } from '../similarity/pool-index';
import { type TokenMode, tokenize } from '../similarity/tokenize';
import type { Candidate, TaskId } from '../task';

/** A candidate as judged under other switches. */
export interface JudgedRow {
  readonly text: string;
  readonly verdict: Candidate['verdict'];
}
interface JudgeQuestion {
  readonly config: RunConfig;
  readonly seeds: readonly { readonly id: TaskId; readonly instruction: string }[];
}
const MEMBER = 'member' as TaskId;

/** Judges the candidates of a run under other switches, in order. */
export class Judge {
  kept = 0;
  readonly #mode: TokenMode;
  readonly #rules: FilterOptions;
  readonly #facts: ReadonlyMap<number, readonly Candidate[]>;
  /** Kept instructions by the round in which the run reached its target; other rounds have no limit. */
  readonly #limits: ReadonlyMap<number, number>;
  /** Candidates that the run kept and that are kept here too. */
  readonly #shared = new Set<TaskId>();
  /** Members that the run's pool lacked. */
  #added: PoolIndex | null = null;
  /** The whole pool under these switches; built when first needed. */
  #pool: PoolIndex | null = null;
  readonly #members: string[];

  constructor(
    private readonly question: JudgeQuestion,
    private readonly switches: Switches,
    candidates: readonly Candidate[],
    private readonly makeIndex: (mode: TokenMode) => PoolIndex,
  ) {
    this.#mode = switches.similarityTokens;
    this.#rules = filterOptions({ ...question.config, switches });
    this.#facts = byRequest(candidates);
    this.#limits = limitsOf(candidates, question.config);
    this.#members = question.seeds.map(({ instruction }) => instruction);
    for (const { id } of question.seeds) this.#shared.add(id);
  }

  /** Judges the candidates of one completion; completions come in the order of the run. */
  judge(request: number, drafts: readonly CandidateDraft[]): readonly JudgedRow[] {
    const limit = this.#limits.get(Math.floor(request / this.question.config.batchSize)) ?? Infinity;
    const stored = this.#facts.get(request) ?? [];
    let next = 0;
    return drafts.map((draft) => {
      const { text } = draft;
      // In the order of the run, so that shared members were in the run's pool too.
      const at = stored.findIndex((candidate, i) => i >= next && this.#sameWords(candidate.text, text));
      const known = stored[at];
      if (known) next = at + 1;
      const objection = objectionTo(draft, this.#rules);
      const similar = !objection && this.#isTooSimilar(text, known);
      const { verdict } = verdictOf(objection, similar, this.kept >= limit);
      if (verdict === 'kept') this.#join(text, known);
      return { text, verdict };
    });
  }

  #isTooSimilar(text: string, known: Candidate | undefined): boolean {
    const { config } = this.question;
    const edge = this.switches.similarityEdge;
    const fact = known && wasCompared(known) && config.switches.similarityTokens === this.#mode;
    if (fact) {
      const { nearest } = known;
      // Nothing in the run's pool is near enough: only what it lacked can be.
      if (!nearest || !tooSimilar(nearest.rougeL, config.rougeThreshold, edge)) {
        return this.#added?.reaches(text, config.rougeThreshold, edge) ?? false;
      }
      if (this.#shared.has(nearest.id)) return true;
    }
    return this.#wholePool().reaches(text, config.rougeThreshold, edge);
  }

  #join(text: string, known: Candidate | undefined): void {
    this.kept++;
    this.#members.push(text);
    if (this.#pool) this.#pool.add(MEMBER, text);
    if (known?.verdict === 'kept') this.#shared.add(known.id);
    else (this.#added ??= this.makeIndex(this.#mode)).add(MEMBER, text);
  }

  #wholePool(): PoolIndex {
    if (!this.#pool) {
      this.#pool = this.makeIndex(this.#mode);
      for (const text of this.#members) this.#pool.add(MEMBER, text);
    }
    return this.#pool;
  }

  #sameWords(a: string, b: string): boolean {
    if (a === b) return true;
    // Most texts differ in length by more than case and punctuation can explain.
    return a.length === b.length && words(a, this.#mode) === words(b, this.#mode);
  }
}

const words = (text: string, mode: TokenMode): string => tokenize(text, mode).join(' ');

const wasCompared = ({ verdict }: Candidate): boolean =>
  verdict === 'kept' || verdict === 'too-similar' || verdict === 'surplus';

function byRequest(candidates: readonly Candidate[]): ReadonlyMap<number, readonly Candidate[]> {
  const facts = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const rows = facts.get(candidate.requestIndex);
    if (rows) rows.push(candidate);
    else facts.set(candidate.requestIndex, [candidate]);
  }
  return facts;
}

/** A run whose target was raised reached a target more than once. */
function limitsOf(
  candidates: readonly Candidate[],
  { batchSize, target }: RunConfig,
): ReadonlyMap<number, number> {
  const roundOf = ({ requestIndex }: Candidate): number => Math.floor(requestIndex / batchSize);
  const full = new Set(candidates.filter(({ verdict }) => verdict === 'surplus').map(roundOf));
  const limits = new Map<number, number>();
  let kept = 0;
  for (const candidate of candidates) {
    if (candidate.verdict === 'kept') kept++;
    if (full.has(roundOf(candidate))) limits.set(roundOf(candidate), kept);
  }
  // The last round may have ended exactly on the target.
  const last = candidates.at(-1);
  if (last && kept >= target) limits.set(roundOf(last), kept);
  return limits;
}
