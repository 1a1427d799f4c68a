/** Where a plan is shown. */
import type { PlanKind } from '../../core/plan/plan';
import { addressOf } from '../address';

const ADDRESSES: Readonly<Record<PlanKind, string>> = {
  loop: addressOf('loop'),
  study: addressOf('evaluate', { part: 'study' }),
};
export const planAddress = (kind: PlanKind): string => ADDRESSES[kind];
