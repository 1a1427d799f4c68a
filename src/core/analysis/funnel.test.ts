import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runId } from '../ids';
import { initialProgress } from '../pipeline/progress';
import { REJECT_REASONS } from '../task';
import { funnel } from './funnel';

it('takes the reasons in the order of the rules and ends with what was kept', () => {
  const counts = fc.record(Object.fromEntries(REJECT_REASONS.map((reason) => [reason, fc.nat(50)])));
  fc.assert(
    fc.property(counts, fc.nat(500), (rejected, kept) => {
      const { candidates, steps, kept: last } = funnel({ ...initialProgress(runId(1)), rejected, kept });
      let left = candidates;
      for (const step of steps) {
        expect(step.rejected).toBeGreaterThan(0);
        expect(step.rejected).toBe(rejected[step.reason]);
        left -= step.rejected;
        expect(step.left).toBe(left);
      }
      expect(left).toBe(last);
      const places = steps.map(({ reason }) => REJECT_REASONS.indexOf(reason));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }),
  );
});
