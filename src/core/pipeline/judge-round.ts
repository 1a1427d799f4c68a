/** The candidates of a round, judged in order: which of them are tasks of the pool (paper, section 2.2). */
import { filterOptions, tooSimilar } from '../filters/instruction-filters';
import { objectionTo, verdictOf } from '../filters/verdict';
import { candidateId } from '../ids';
import { draftsOf } from '../parse/instructions';
import type { SimilarityIndex } from '../ports';
import type { ModelCall, RunProgress, RunRecord } from '../run';
import type { Candidate, MachineTask } from '../task';

/** Similar pool members stored with each accepted instruction. */
const NEIGHBOURS = 10;

interface JudgedRound {
  readonly candidates: readonly Candidate[];
  /** Of the accepted ones, which joined the index; without type and instances so far. */
  readonly tasks: readonly MachineTask[];
}

/**
 * Those that the rules let pass are compared with the pool in one go, and each that is accepted joins before the next.
 * @param progress of the run before this round
 */
export async function judgeRound(
  similarity: SimilarityIndex,
  { id: runId, config, model }: RunRecord,
  { kept, nextSeq }: Pick<RunProgress, 'kept' | 'nextSeq'>,
  calls: readonly ModelCall[],
): Promise<JudgedRound> {
  const { rougeThreshold: threshold, switches, target } = config;
  const rule = { threshold, edge: switches.similarityEdge, most: Math.max(0, target - kept) };
  const rules = filterOptions(config);
  const drafts = calls.flatMap((call) =>
    draftsOf(call, switches).map((draft, item) => {
      const id = candidateId(runId, call.index, item);
      return { call, item, id, instruction: draft.text, objection: objectionTo(draft, rules) };
    }),
  );
  const passed = drafts.filter(({ objection }) => !objection);
  const entries = passed.map(({ id, instruction }) => ({ id, instruction }));
  const judged = entries.length > 0 ? await similarity.judge(entries, NEIGHBOURS, rule) : [];
  const compared = new Map(passed.map(({ id }, i) => [id, judged[i]]));
  const candidates: Candidate[] = [];
  const tasks: MachineTask[] = [];
  for (const { call, item, id, instruction, objection } of drafts) {
    const near = compared.get(id);
    const similar = near !== undefined && tooSimilar(near.max, threshold, rule.edge);
    candidates.push({
      id,
      runId,
      requestIndex: call.index,
      item,
      text: instruction,
      ...verdictOf(objection, similar, tasks.length >= rule.most),
      nearest: near?.nearest[0] ?? null,
    });
    if (!near?.joined) continue;
    tasks.push({
      origin: 'machine',
      stage: 'instruction',
      id,
      runId,
      seq: nextSeq + tasks.length,
      instruction,
      provenance: {
        requestIndex: call.index,
        item,
        model: model.id,
        exemplars: call.exemplars,
        mostSimilar: near.nearest,
        meanSimilarity: near.mean,
        createdAt: call.createdAt,
      },
    });
  }
  return { candidates, tasks };
}
