/** What a loop made and took, as names and values: for the screen and for the report alike. */
import type { EvaluationRecord } from '../../core/evaluation/evaluation';
import { totalSeconds } from '../../core/loop/pace';
import type { PlanRecord } from '../../core/plan/plan';
import type { TrainingRecord } from '../../core/training/training';
import { duration } from '../../ui/format';
import { type LoopMade, secondsTaken } from './loop-result';
import { WORDS } from './words';

type Fact = readonly [name: string, value: string];

const words = WORDS.made;
const STAGES = ['generate', 'finetune', 'evaluate'] as const;

/** The time of all stages comes last. */
export function madeFacts(
  made: LoopMade,
  plan: PlanRecord | null,
  evaluation: EvaluationRecord | null,
): readonly Fact[] {
  const { run, after, seedsAlone } = made;
  const taken = secondsTaken(made, plan, evaluation);
  const facts: Fact[] = [];
  if (run) {
    const { kept, instances } = run.progress;
    facts.push(
      [words.model, run.run.model.name],
      [words.data, words.tasks(kept, instances, run.run.seedSet.count)],
    );
  }
  if (after) facts.push([words.training, stepsOf(after)]);
  if (seedsAlone) facts.push([words.seedsAlone, stepsOf(seedsAlone)]);
  for (const kind of STAGES) facts.push([WORDS.promise.stages[kind], duration(taken[kind])]);
  return [...facts, [WORDS.promise.total, duration(totalSeconds(taken))]];
}

const stepsOf = ({ steps, config, counts }: TrainingRecord): string =>
  words.steps(steps, config.batchSize, counts.training);
