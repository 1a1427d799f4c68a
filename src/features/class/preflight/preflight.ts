/** Whether this computer is ready for a lesson: one list of checks, and one word for all of them. */
import type { Failure } from '../../../core/errors';
import { type Check, deviceChecks, type DeviceReport } from '../../../core/models/device-report';
import { failureWords } from '../../../ui/failure-words';
import { count } from '../../../ui/format';
import { WORDS } from './words';

/** What is asked of this computer. */
export interface PreflightFacts {
  readonly device: DeviceReport;
  readonly webAssembly: boolean;
  /** Whether this tab keeps everything in memory only. */
  readonly inMemory: boolean;
  /** Tabs of this app, this one among them. */
  readonly tabs: number;
  /** Whether the standard model is on this device. */
  readonly standardHere: boolean;
  /** Seconds for one accepted task, and the model that was asked; else why it failed, or why none was measured. */
  readonly speed:
    { readonly model: string; readonly seconds: number } | Failure | 'none' | 'busy' | 'server' | 'little';
}
/** `green`: a lesson goes well; `amber`: with limits that are told; `red`: it does not go. */
export type Light = 'green' | 'amber' | 'red';
export interface PreflightResult {
  readonly light: Light;
  readonly checks: readonly Check[];
}

/** Tasks that a lesson lets the model write. */
const LESSON_TASKS = 10;
/** A lesson waits no longer for them. */
const LONG_SECONDS = 600;

export function preflight(facts: PreflightFacts): PreflightResult {
  const needed = [
    engineCheck(facts),
    keepingCheck(facts),
    tabsCheck(facts),
    modelCheck(facts),
    speedCheck(facts),
  ];
  const device = deviceChecks(facts.device);
  // Lessons run on the CPU: a GPU that is missing is told, and holds nobody up.
  const counted = [...needed, ...device.filter(({ matters }) => matters === 'cpu' || matters === 'both')];
  const has = (state: Check['state']): boolean => counted.some((check) => check.state === state);
  return {
    light: has('missing') ? 'red' : has('careful') ? 'amber' : 'green',
    checks: [...needed, ...device],
  };
}

function engineCheck({ webAssembly }: PreflightFacts): Check {
  const { title, good, missing, advice } = WORDS.engine;
  return webAssembly
    ? { title, state: 'good', text: good, advice: null }
    : { title, state: 'missing', text: missing, advice };
}
function keepingCheck({ inMemory }: PreflightFacts): Check {
  const { title, good, careful, advice } = WORDS.keeping;
  return inMemory
    ? { title, state: 'careful', text: careful, advice }
    : { title, state: 'good', text: good, advice: null };
}
function tabsCheck({ tabs }: PreflightFacts): Check {
  const { title, good, careful, advice } = WORDS.tabs;
  return tabs > 1
    ? { title, state: 'careful', text: careful(tabs), advice }
    : { title, state: 'good', text: good, advice: null };
}
function modelCheck({ standardHere }: PreflightFacts): Check {
  const { title, good, careful, advice } = WORDS.model;
  return standardHere
    ? { title, state: 'good', text: good, advice: null }
    : { title, state: 'careful', text: careful, advice };
}
function speedCheck({ speed }: PreflightFacts): Check {
  const { title, minutes, unknown, advice } = WORDS.speed;
  if (typeof speed === 'string') return { title, state: 'careful', ...unknown[speed] };
  if ('kind' in speed) {
    const { what, next } = failureWords(speed);
    return { title, state: 'missing', text: what, advice: next };
  }
  const seconds = LESSON_TASKS * speed.seconds;
  const text = minutes(speed.model, LESSON_TASKS, seconds);
  return seconds > LONG_SECONDS
    ? { title, state: 'careful', text, advice }
    : { title, state: 'good', text, advice: null };
}

/** The result for whoever looks after the computers. @param place where the page is served */
export function reportText(
  { light, checks }: PreflightResult,
  place: Pick<URL, 'origin' | 'host'>,
  version: string,
): string {
  const { lines, lights, states } = WORDS.report;
  return [
    lines.title(version, place.origin),
    lights[light],
    '',
    ...checks.map(({ title, state, text, advice }) =>
      [`[${states[state]}] ${title}: ${text}`, advice].filter((part) => part !== null).join(' '),
    ),
    '',
    lines.hosts(place.host),
    lines.bytes,
    lines.delete(place.origin),
  ].join('\n');
}

/** How many of each, for the heading. */
export const summaryOf = ({ checks }: PreflightResult): string =>
  WORDS.summary(count(checks.filter(({ state }) => state === 'good').length), count(checks.length));
