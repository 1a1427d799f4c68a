import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tinyConfig, poolSeeds } from '../../testing/tiny-pool';
import { PRESETS, undisturbed, type World } from '../../testing/pipeline-world';
import { checkInstruction, filterOptions, tooSimilar } from '../filters/instruction-filters';
import { draftsOf } from '../parse/instructions';
import { SWITCHES, differences } from '../presets';
import type { ModelCall, Switches } from '../run';
import { FastIndex } from '../similarity/fast-index';
import { OracleIndex } from '../similarity/oracle-index';
import type { Candidate, TaskId } from '../task';
import { Judge } from './judge';
import { canReplay, Replay, type ReplayReport, storedAnswer } from './replay';

const candidatesOf = ({ store }: World): readonly Candidate[] => store.sorted(store.candidates);
const callsOf = ({ store }: World): readonly ModelCall[] => store.sorted(store.calls);

function reportOf(world: World, calls = callsOf(world)): ReplayReport {
  const { id: runId, config } = world.run;
  const replay = new Replay(
    { runId, config, rounds: world.progress.rounds, seeds: poolSeeds(runId) },
    (mode) => new FastIndex(mode),
  );
  replay.add({ candidates: candidatesOf(world) });
  // In pages and in the order of the store: classification, instances, instructions.
  for (let i = 0; i < calls.length; i += 7) replay.add({ answers: calls.slice(i, i + 7).map(storedAnswer) });
  return replay.report();
}

/** The run judged again from nothing, by the oracle. */
function judgedAgain(world: World, switches: Switches): string[] {
  const { config, id } = world.run;
  const index = new OracleIndex(switches.similarityTokens);
  for (const { instruction } of poolSeeds(id)) index.add('m' as TaskId, instruction);
  let kept = 0;
  return callsOf(world)
    .filter(({ stage }) => stage === 'instructions')
    .flatMap((call) =>
      draftsOf(call, switches).map(({ text, reason }) => {
        const objection = reason ?? checkInstruction(text, filterOptions({ switches }))?.reason;
        if (objection) return `${objection} ${text}`;
        if (tooSimilar(index.compare(text, 1).max, config.rougeThreshold, switches.similarityEdge)) {
          return `too-similar ${text}`;
        }
        const last = Math.floor(call.index / config.batchSize) === world.progress.rounds - 1;
        if (last && kept >= config.target) return `surplus ${text}`;
        kept++;
        index.add('m' as TaskId, text);
        return `kept ${text}`;
      }),
    );
}

describe('a run read again with its own switches', () => {
  it.each(PRESETS)('changes nothing (%s)', async (preset) => {
    for (const [seed, target] of [
      [1, 6],
      [2, 15],
      [3, 40],
    ] as const) {
      const report = reportOf(await undisturbed(tinyConfig(target, preset, seed)));
      expect(report).toMatchObject({ unread: 0, unexplained: 0 });
      expect(report.answers).toBeGreaterThan(target);
      expect(report.presets[preset].switches).toEqual([]);
      expect(report.presets[preset].together).toMatchObject({ candidates: 0, instances: 0, examples: [] });
    }
  });

  it('says which candidates have no answer to be read', async () => {
    const world = await undisturbed(tinyConfig(10));
    const rows = candidatesOf(world).length;
    expect(reportOf(world, [])).toMatchObject({ answers: 0, unread: rows, unexplained: 0 });
  });

  it('says which verdicts the answers do not give', async () => {
    const world = await undisturbed(tinyConfig(10));
    const [first] = candidatesOf(world);
    if (first) world.store.candidates.set(first.id, { ...first, text: 'Something else was stored here.' });
    expect(reportOf(world).unexplained).toBe(1);
  });
});

describe('the judge', () => {
  it('decides as the plain rules over the whole pool do, for every switch', async () => {
    for (const [seed, preset, threshold] of [
      [1, 'ours', 0.75],
      [2, 'ours', 0.8],
      [3, 'reference', 0.7],
      [4, 'paper', 0.75],
    ] as const) {
      const config = { ...tinyConfig(25, preset, seed), rougeThreshold: threshold };
      const world = await undisturbed(config);
      const changed = PRESETS.flatMap((other) =>
        differences(config.switches, SWITCHES[other]).map((name) => ({
          ...config.switches,
          [name]: SWITCHES[other][name],
        })),
      );
      for (const switches of [config.switches, ...PRESETS.map((other) => SWITCHES[other]), ...changed]) {
        const judge = new Judge(
          { config, seeds: poolSeeds(world.run.id) },
          switches,
          candidatesOf(world),
          (mode) => new FastIndex(mode),
        );
        const rows = callsOf(world)
          .filter(({ stage }) => stage === 'instructions')
          .flatMap((call) => judge.judge(call.index, draftsOf(call, switches)));
        expect(rows.map(({ verdict, text }) => `${verdict} ${text}`)).toEqual(judgedAgain(world, switches));
      }
    }
  });
});

describe('a switch', () => {
  it('counts the rows that it changes, with examples', async () => {
    const world = await undisturbed(
      { ...tinyConfig(12), rougeThreshold: 0.9 },
      {
        text: ({ prompt, seed }) => {
          if (prompt.endsWith('Classification:')) return ' No';
          if (prompt.startsWith('For each')) return 'Example 1\nInput: For Example, a\nOutput: b';
          const n = Array.from(String(seed), (digit) => `w${digit}`).join(' ');
          return ` Explain what NASA number ${n} does.\n10) Name ${n} of the old rivers.\n11. Costs of $16. and more ${n}`;
        },
        finishReason: ({ prompt }) => (prompt.startsWith('Here') ? 'length' : 'stop'),
      },
    );
    const { switches, together } = reportOf(world).presets.reference;
    const of = (name: keyof Switches) => switches.find((one) => one.name === name)?.effect;
    const calls = callsOf(world).filter(({ stage }) => stage === 'instructions').length;
    expect(of('instructionCase')?.candidates).toBe(calls);
    expect(of('instructionCase')?.examples[0]).toMatchObject({
      kind: 'candidate',
      before: { verdict: 'kept' },
      after: { text: expect.stringMatching(/^Explain what nasa/u) as string },
    });
    // The first two become unfinished, as the third is already.
    expect(of('unfinished')?.candidates).toBe(2 * calls);
    expect(of('unfinished')?.keptAfter).toBe(0);
    expect(of('unfinished')?.instancesAfter).toBe(0);
    expect(of('stopAtSixteen')?.candidates).toBe(calls);
    expect(of('exampleSplit')?.candidates).toBe(0);
    expect(of('exampleSplit')?.instances).toBeGreaterThan(0);
    expect(of('order')).toBeNull();
    expect(together.candidates).toBe(3 * calls);
  });

  it('that only matters while a run is generated has no count', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PRESETS), (preset) => {
        const run = SWITCHES[preset];
        expect(canReplay('order', run)).toBe(false);
        expect(canReplay('exemplarPool', run)).toBe(false);
        // What was stopped at "$16." has no rest.
        expect(canReplay('stopAtSixteen', run)).toBe(run.stopAtSixteen === 'line-start');
        expect(canReplay('listSplit', run)).toBe(true);
      }),
    );
  });
});
