/** The run's counters as an immutable record, and how they change. */
import type { ModelCall, PipelineStage, RunProgress, StageFigures } from '../run';
import type { Candidate, MachineTask, RunId } from '../task';

const NO_CALLS: StageFigures = {
  calls: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  callSeconds: 0,
};

/** Counters of a new run. */
export function initialProgress(runId: RunId): RunProgress {
  return {
    runId,
    rounds: 0,
    nextSeq: 0,
    kept: 0,
    rejected: {},
    identified: 0,
    classification: 0,
    completed: 0,
    instances: 0,
    droppedInstances: 0,
    stages: { instructions: NO_CALLS, classification: NO_CALLS, instances: NO_CALLS },
    modelSeconds: 0,
    seconds: 0,
    firstAcceptedSeconds: null,
    finished: false,
  };
}

/** Counters after one more request. */
export function withCall(progress: RunProgress, call: ModelCall): RunProgress {
  const before = progress.stages[call.stage];
  const stages: Record<PipelineStage, StageFigures> = {
    ...progress.stages,
    [call.stage]: {
      calls: before.calls + 1,
      promptTokens: before.promptTokens + call.promptTokens,
      cachedTokens: before.cachedTokens + call.cachedTokens,
      completionTokens: before.completionTokens + call.completionTokens,
      callSeconds: before.callSeconds + call.seconds,
    },
  };
  return { ...progress, stages };
}

/** Counters after one more judged candidate. */
export function withCandidate(progress: RunProgress, candidate: Candidate): RunProgress {
  if (candidate.verdict === 'kept') {
    return { ...progress, kept: progress.kept + 1, nextSeq: progress.nextSeq + 1 };
  }
  const count = (progress.rejected[candidate.verdict] ?? 0) + 1;
  return { ...progress, rejected: { ...progress.rejected, [candidate.verdict]: count } };
}

/** Counts a machine task that has reached its next stage. */
export function withAdvanced(progress: RunProgress, task: MachineTask): RunProgress {
  switch (task.stage) {
    case 'instruction':
      return progress;
    case 'identified':
      return {
        ...progress,
        identified: progress.identified + 1,
        classification: progress.classification + (task.isClassification ? 1 : 0),
      };
    case 'complete':
      return {
        ...progress,
        completed: progress.completed + 1,
        instances: progress.instances + task.instances.length,
        droppedInstances: progress.droppedInstances + task.dropped.length,
      };
  }
}

/** The counters without a machine task that was removed or is about to be replaced. */
export const withRemoved = (progress: RunProgress, task: MachineTask): RunProgress =>
  counted(progress, task, -1);

/** The counters with a machine task that was edited or restored. */
export const withReplaced = (progress: RunProgress, task: MachineTask): RunProgress =>
  counted(progress, task, 1);

function counted(progress: RunProgress, task: MachineTask, sign: 1 | -1): RunProgress {
  const typed = task.stage !== 'instruction';
  const complete = task.stage === 'complete';
  return {
    ...progress,
    kept: progress.kept + sign,
    identified: progress.identified + (typed ? sign : 0),
    classification: progress.classification + (typed && task.isClassification ? sign : 0),
    completed: progress.completed + (complete ? sign : 0),
    instances: progress.instances + (complete ? sign * task.instances.length : 0),
    droppedInstances: progress.droppedInstances + (complete ? sign * task.dropped.length : 0),
  };
}

/** Candidates that were rejected, for whatever reason. */
export const rejectedOf = ({ rejected }: Pick<RunProgress, 'rejected'>): number =>
  Object.values(rejected).reduce((sum, count) => sum + count, 0);
