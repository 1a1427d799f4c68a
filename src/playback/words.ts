/** All that a user reads of a recording that is played. */
import { clock } from '../ui/format';

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

export const WORDS = {
  /** Where the model runs, in the place of `CPU, 2 threads`. */
  device: 'a recording',
  region: 'Recorded run',
  recorded: 'Recorded',
  about: (model: string, at: number): string => `${model}, ${date.format(at)}`,
  play: 'Play',
  pause: 'Pause',
  next: 'Next request',
  previous: 'Request before',
  position: 'Position in the recording',
  at: (time: number, total: number): string => `${clock(time / 1000)} of ${clock(total / 1000)}`,
  speed: 'Speed',
  times: (speed: number): string => `${speed}×`,
  moving: 'Computing the decisions up to there',
  nowYou: 'Now you',
  close: 'Close the recording',
} as const;
