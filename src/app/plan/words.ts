/** What a plan says of itself on every screen: its stages, how far it is, and the ways to pause, resume and delete it. */
import type { StageKind, StageWork } from '../../core/plan/plan';
import type { StageProgress } from '../../core/plan/plan-progress';
import { count, decimal, duration } from '../../ui/format';

const units: Readonly<Record<StageKind, string>> = {
  generate: 'instructions',
  finetune: 'steps',
  evaluate: 'answers',
};

export const WORDS = {
  title: 'Progress',
  stage: (number: number, all: number, name: string): string => `Stage ${number} of ${all}: ${name}`,
  name: (work: StageWork): string => {
    switch (work.kind) {
      case 'generate':
        return 'write tasks';
      case 'finetune':
        return `finetune “${work.name}”`;
      case 'evaluate':
        return 'answer held-out tasks';
    }
  },
  part: (kind: StageKind, { done, total }: StageProgress): string =>
    `${count(done)} of ${count(total)} ${units[kind]}`,
  rate: (kind: StageKind, perSecond: number): string =>
    perSecond >= 1
      ? `${decimal(perSecond)} ${units[kind]} a second`
      : `${decimal(60 * perSecond)} ${units[kind]} a minute`,
  left: (seconds: number): string => `about ${duration(seconds)} left`,
  fields: {
    model: 'Model',
    tasks: 'Held-out tasks',
    topLayers: 'Top layers',
    topLayersHelp: '0: all layers. A few layers are trained faster, and learn less.',
  },
  measure: 'Measure how long it takes',
  busy: 'Something else is being computed. Wait until it is finished, or pause it.',
  bar: { label: 'Work in progress', show: 'Show it' },
  pause: 'Pause',
  resume: 'Resume',
  keep: 'Keep it',
} as const;
