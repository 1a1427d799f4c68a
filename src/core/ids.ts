/** Ids are derived from run, stage and index, so a commit whose acknowledgement was lost writes nothing twice. */
import type { PipelineStage } from './run';
import type { RunId, TaskId } from './task';

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `r0001`; zero-padded so that key order is run order, up to 9,999 runs. */
export const runId = (number: number): RunId => `r${pad(number, 4)}` as RunId;

/** `t0001`: a finetuning. */
export const trainingId = (number: number): string => `t${pad(number, 4)}`;

/** `e0001` */
export const evaluationId = (number: number): string => `e${pad(number, 4)}`;

/** `p0001`: a plan. */
export const planId = (number: number): string => `p${pad(number, 4)}`;

/** `r0001-s0003`: seed 3 of the run's pool. Sorts before its machine tasks' ids only by stage letter. */
export const seedId = (run: RunId, index: number): TaskId => `${run}-s${pad(index, 5)}` as TaskId;

/** `r0001-m000012-003`: item 3 of instruction request 12; a candidate and the task it became share it. */
export const candidateId = (run: RunId, requestIndex: number, item: number): TaskId =>
  `${run}-m${pad(requestIndex, 6)}-${pad(item, 3)}` as TaskId;

/** `r0001-instructions-000012`: the model call with this index in its stage. */
export const callId = (run: RunId, stage: PipelineStage, index: number): string =>
  `${run}-${stage}-${pad(index, 6)}`;

/** Whether an id is that of a seed; the store scans those first. */
export const isSeedId = (id: TaskId): boolean => id.includes('-s');

/** The id of a task, or of a row of it, without its run: the same in every copy of the run. */
export const labelOf = (id: string): string => id.slice(id.indexOf('-') + 1);
