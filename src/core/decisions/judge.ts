/**
 * The rules and the pool of one reading of a run. Exact, and cheap where it agrees with the run: a stored candidate
 * says how near its nearest neighbour was, so only members that the run's pool did not have need a comparison.
 */
import { tooSimilar } from '../filters/instruction-filters';
import { objectionTo, verdictOf } from '../filters/verdict';
import type { CandidateDraft } from '../parse/instructions';
import type { RunConfig, Switches } from '../run';
import type { PoolIndex } from '../similarity/pool-index';
import { type TokenMode, tokenize } from '../similarity/tokenize';
import type { Candidate, TaskId } from '../task';

/** A candidate as another reading of the run judges it. */
export interface JudgedRow {
  readonly text: string;
  readonly verdict: Candidate['verdict'];
}
interface JudgeQuestion {
  readonly config: RunConfig;
  readonly seeds: readonly { readonly id: TaskId; readonly instruction: string }[];
}
const MEMBER = 'member' as TaskId;

/** Judges the candidates of one reading of a run, in order. */
export class Judge {
  kept = 0;
  readonly #mode: TokenMode;
  readonly #facts: ReadonlyMap<number, readonly Candidate[]>;
  /** Kept instructions by the round in which the run reached its target; in other rounds there is no limit. */
  readonly #limits: ReadonlyMap<number, number>;
  /** Candidates of the run that are kept in this reading too. */
  readonly #shared = new Set<TaskId>();
  /** Members that the run's pool did not have. */
  #added: PoolIndex | null = null;
  /** The whole pool of this reading; made when it is first needed. */
  #pool: PoolIndex | null = null;
  readonly #members: string[];

  constructor(
    private readonly question: JudgeQuestion,
    private readonly switches: Switches,
    candidates: readonly Candidate[],
    private readonly makeIndex: (mode: TokenMode) => PoolIndex,
  ) {
    this.#mode = switches.similarityTokens;
    this.#facts = byRequest(candidates);
    this.#limits = limitsOf(candidates, question.config);
    this.#members = question.seeds.map(({ instruction }) => instruction);
    for (const { id } of question.seeds) this.#shared.add(id);
  }

  /** Judges the candidates of one answer; answers come in the order of the run. */
  judge(request: number, drafts: readonly CandidateDraft[]): readonly JudgedRow[] {
    const limit = this.#limits.get(Math.floor(request / this.question.config.batchSize)) ?? Infinity;
    const stored = this.#facts.get(request) ?? [];
    let next = 0;
    return drafts.map((draft) => {
      const { text } = draft;
      // In the order of the run, so that members known to this reading stood in the run's pool too.
      const at = stored.findIndex((candidate, i) => i >= next && this.#sameWords(candidate.text, text));
      const known = stored[at];
      if (known) next = at + 1;
      const objection = objectionTo(draft, this.switches);
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
      // Nothing that the run's pool held is near enough: only what it did not hold can be.
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
    // Most texts differ in length by more than case and marks can explain.
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

/** A run that was opened for more reached a target more than once. */
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
  // The last round may have ended on the target, with nothing left over.
  const last = candidates.at(-1);
  if (last && kept >= target) limits.set(roundOf(last), kept);
  return limits;
}
