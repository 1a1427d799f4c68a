/** What the controls of a recording show and ask for. Reactive. */
import type { Failure } from '../core/errors';
import type { RunRecord } from '../core/run';

export interface PlaybackControls {
  /** As it was recorded. */
  readonly run: RunRecord;
  /** In milliseconds from the beginning. */
  readonly time: number;
  readonly total: number;
  /** How many seconds of the recording pass in one. */
  readonly speed: number;
  /** Whether it goes on by itself. */
  readonly playing: boolean;
  /** Time is being moved; what is shown follows. */
  readonly moving: boolean;
  readonly failure: Failure | null;
  /** Goes on; from the beginning when it is at its end. */
  play(): void;
  pause(): void;
  setSpeed(speed: number): void;
  /** Pauses after the next request that ended, or after the one before. */
  next(): void;
  previous(): void;
  /** Pauses at a time. */
  moveTo(time: number): Promise<void>;
}
