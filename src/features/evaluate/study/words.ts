/** What the study of data size and quality says. */
import type { StudyData } from '../../../core/study/study';
import { count, counted, decimal, duration } from '../../../ui/format';

const share = (value: number): string => (value === 0 ? 'seed tasks alone' : `${Math.round(100 * value)} %`);

/** What a point of these data is called; a share of the seed tasks alone belongs to none. */
const point = (value: number, data: StudyData): string =>
  ({
    run: share(value),
    unfiltered: `${share(value)}, unfiltered`,
    answered: `${share(value)}, other outputs`,
  })[data];

export const WORDS = {
  title: 'Study of data size and quality',
  about:
    'The same model is finetuned on the seed tasks alone and with 25, 50 and 100 % of the generated tasks, and asked the same held-out tasks: how much do more data help, and how much do better ones? Every finetuning takes the same number of steps with the same number of examples: with unequal steps, more data would only mean more training.',
  link: 'Study data size and quality',
  back: 'Evaluations',
  point,
  none: '-',
  setup: {
    title: 'New study',
    run: 'Run',
    option: (number: number, kept: number): string => `Run ${number}: ${counted(kept, 'instruction')}`,
    steps: 'Steps of each finetuning',
    stepsHelp: 'The same for every point of the curve.',
    tasksHelp: 'From the set in simple English; every model answers them.',
    measuring: 'Measuring…',
    begin: 'Start the study',
    answeredBy: 'Other outputs',
    answeredByHelp:
      'This model answers the generated instructions again, and the study is also made on its outputs. On a server, it gets the instructions.',
    ownOutputs: 'None: those of the run alone',
    unfiltered: 'Also without the filters',
    unfilteredHelp:
      'Generates a second run of as many instructions, in which nothing is rejected for likeness, blocked words or as a statement, and studies it too.',
    noRun: 'A study needs a run with generated tasks: generate some first.',

    promise: (points: number, seconds: number): string =>
      `${counted(points, 'finetuning')} of about ${duration(seconds)} each, ${duration(points * seconds)} together, measured on this device just now. What is generated or answered for it comes on top.`,
  },
  stored: 'Study',
  newStudy: 'New study',
  names: {
    study: (run: number, model: string): string => `Run ${run}, ${model}`,
    evaluation: (run: number): string => `Study of run ${run}`,
    answers: (run: number): string => `Other outputs for run ${run}`,
    model: (run: number, value: number, data: StudyData): string =>
      value === 0 ? `Run ${run}, seeds alone` : `Run ${run}, seeds and ${point(value, data)}`,
  },
  progress: {
    finished: 'The study is finished.',
    discard: 'Delete the study',
    confirm: 'Delete this study?',
    discardHelp: 'The finetuned models and the evaluation stay.',
  },
  chart: {
    title: 'ROUGE-L by share of the generated tasks',
    caption: (steps: number, tasks: number): string =>
      `Held-out tasks: ${count(tasks)}; 95 % intervals over these tasks. Every finetuning took ${counted(steps, 'step')}. One finetuning for each point: another seed would give other points.`,
    empty: 'The curve is drawn when the models have answered.',
    curve: {
      run: 'seed tasks and a share of the generated tasks',
      unfiltered: 'generated without the filters',
      answered: 'with outputs by the other model',
    } satisfies Readonly<Record<StudyData, string>>,
    base: (name: string, points: number): string => `${name}: ${decimal(points)}`,
    axis: 'share of the generated tasks, percent',
    point: (name: string, points: number, low: number, high: number): string =>
      `${name}: ${decimal(points)} (${decimal(low)} to ${decimal(high)})`,
    graded: (best: number, all: number): string => `${count(best)} of ${count(all)}`,
    columns: ['Data', 'Examples', 'ROUGE-L', '95 % interval', 'Grades A of graded'],
  },
  paper: {
    title: 'In the paper',
    text: (seeds: number, all: number, enough: number): string =>
      `The paper finetuned GPT-3 on growing parts of its 52,445 instructions and had people grade the answers. Trained on the 175 seed tasks alone, ${decimal(seeds)} % of the answers got an A; on all data, ${decimal(all)} %; about ${count(enough)} instructions gave most of the gain. These are grades by people of a far larger model on other tasks: the shape can be compared, the numbers cannot.`,
  },
} as const;
