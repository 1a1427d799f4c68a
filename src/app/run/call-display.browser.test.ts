import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { candidateOf, instructionCall, machineTask } from '../../testing/tiny-pool';
import { runId } from '../../core/ids';
import type { StartedCall } from '../../core/pipeline/events';
import { initialProgress } from '../../core/pipeline/progress';
import type { ModelCall, PipelineStage } from '../../core/run';
import { CallDisplay } from './call-display.svelte';
import { RateMeter } from './rate-meter.svelte';

const run = runId(1);
const begun = (index: number, stage: PipelineStage = 'instructions'): StartedCall => ({
  stage,
  index,
  prompt: `prompt ${index}`,
  exemplars: [],
  classificationOnly: false,
  task: null,
});
const ended = (index: number, stage: PipelineStage = 'instructions'): ModelCall => ({
  ...instructionCall(run, index),
  stage,
  text: `whole answer ${index}`,
});

describe('the calls on screen', () => {
  let frames: (() => void)[];
  beforeEach(() => {
    frames = [];
    vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  });
  afterEach(() => vi.unstubAllGlobals());
  const frame = (): void => {
    for (const draw of frames.splice(0)) draw();
  };

  it('are drawn once a frame, with all text until then', () => {
    const display = new CallDisplay();
    display.start(begun(0));
    for (const delta of [' Name', ' a', ' fruit.']) display.text('instructions', 0, delta);
    expect(frames).toHaveLength(1);
    expect(display.spotlight).toBeNull();
    frame();
    expect(display.spotlight).toMatchObject({ text: ' Name a fruit.', done: false, promptTokens: null });
    display.restart('instructions', 0);
    display.text('instructions', 0, ' Anew');
    frame();
    expect(display.spotlight?.text).toBe(' Anew');
    display.finish(ended(0));
    frame();
    expect(display.spotlight).toMatchObject({ text: 'whole answer 0', done: true, promptTokens: 10 });
    expect(display.live).toEqual([]);
  });

  it('follow one instruction call until it is done and the next begins', () => {
    const display = new CallDisplay();
    display.start(begun(3, 'classification'));
    display.start(begun(0));
    display.start(begun(1));
    frame();
    expect(display.spotlight?.key).toBe('instructions-0');
    expect(display.live.map(({ key }) => key)).toEqual([
      'classification-3',
      'instructions-0',
      'instructions-1',
    ]);
    display.finish(ended(0));
    display.start(begun(2));
    frame();
    expect(display.spotlight?.key).toBe('instructions-2');
    expect(display.live.map(({ key }) => key)).toEqual([
      'classification-3',
      'instructions-1',
      'instructions-2',
    ]);
  });

  it('are forgotten when they are done, also in a hidden tab that draws no frames', () => {
    const display = new CallDisplay();
    for (let i = 0; i < 100; i++) {
      display.start(begun(i));
      display.start(begun(i, 'instances'));
      display.finish(ended(i, 'instances'));
      display.finish(ended(i));
    }
    // What were still held would come back with its next text.
    for (let i = 0; i < 99; i++) {
      display.text('instructions', i, 'late');
      display.text('instances', i, 'late');
    }
    display.flush();
    expect(display.live).toEqual([]);
    expect(display.spotlight).toMatchObject({ key: 'instructions-99', text: 'whole answer 99' });
  });

  it('show the verdicts on the call that is followed', () => {
    const display = new CallDisplay();
    const of = (requestIndex: number, item: number) => ({
      ...candidateOf(machineTask(run, item)),
      requestIndex,
      item,
    });
    display.start(begun(0));
    display.verdict(of(1, 0));
    expect(display.verdicts).toEqual([]);
    display.verdict(of(0, 0));
    display.verdict(of(0, 1));
    expect(display.verdicts).toHaveLength(2);
    display.clear();
    expect([display.verdicts, display.spotlight, display.live]).toEqual([[], null, []]);
  });
});

describe('the rates', () => {
  it('of a run that is not worked on come from its counters', () => {
    const meter = new RateMeter(() => performance.now());
    const progress = { ...initialProgress(run), kept: 30, seconds: 120, modelSeconds: 100 };
    const stages = {
      ...progress.stages,
      instructions: { ...progress.stages.instructions, completionTokens: 5000 },
    };
    meter.show({ ...progress, stages }, 50, false);
    expect(meter.rates).toMatchObject({
      tokensPerSecond: 50,
      keptPerMinute: 15,
      secondsLeft: null,
      retries: 0,
    });
    meter.show(initialProgress(run), 50, false);
    expect(meter.rates).toMatchObject({ tokensPerSecond: null, keptPerMinute: null });
  });
  it('of a run at work count this stretch alone', () => {
    const meter = new RateMeter(() => performance.now());
    meter.begin({ ...initialProgress(run), kept: 10, seconds: 100 }, 50);
    meter.retried();
    meter.called(instructionCall(run, 0));
    const figures = { ...initialProgress(run), kept: 12, completed: 12, seconds: 130, modelSeconds: 20 };
    meter.update(figures);
    expect(meter.rates).toMatchObject({ keptPerMinute: null, retries: 1 });
    expect(meter.rates.tokensPerSecond).toBeGreaterThan(0);
    meter.update({ ...figures, kept: 16, seconds: 190 });
    expect(meter.rates.keptPerMinute).toBe(4);
    expect(meter.keptByMinute.reduce((sum, n) => sum + n, 0)).toBe(6);
    expect(meter.keptByMinute).toHaveLength(2);
  });
});
