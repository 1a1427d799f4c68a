/** All that a user reads on the Analyse screen, by component. */
import { MEASURED } from '../../core/analysis/verb-noun';
import { count, counted, percent } from '../../ui/format';

const verbsAndObjects = 'Verbs and their objects';
const noInstances = 'No task has instances yet.';

export const WORDS = {
  screen: {
    title: 'Analyse',
    run: (number: number): string => `Run ${number}`,
    ofRun: 'What the model wrote',
    ofDataSet: 'What is in the data set',
    about: (run: number, active: boolean): string =>
      `The paper's tables and figures for run ${run}${active ? ', updated while it runs' : ''}. Dashed lines and the right-hand column are the published numbers.`,
    aboutNoRun: "The paper's tables and figures for your own run.",
    saveAll: 'Save all figures',
    saveAllNote: 'Each as SVG and as CSV, in one zip file',
    pause: 'Pause',
    pausing: 'Pausing',
    summary: (instances: number): string => counted(instances, 'instance'),
    retry: 'Try again',
    preparing: 'The run is being prepared. Its figures appear here.',
    noMachine: {
      title: 'No machine instruction yet',
      text: (seeds: number): string =>
        `This run has ${counted(seeds, 'seed task')}. The instructions that the model adds are analysed here.`,
      action: 'Go to Generate',
    },
    noRun: {
      title: 'Nothing to analyse yet',
      text: 'While a run generates tasks, their verbs, their lengths and their distance from the seeds are drawn here. You can also restore a backup on the Export screen.',
      action: 'Go to Start',
    },
    reading: 'Reading the run',
    tagging: 'Finding verbs and objects',
  },
  sections: {
    verbs: 'What the instructions ask for',
    distance: 'Distance from the seeds, and what the rules rejected',
    lengths: 'Lengths in words',
  },
  statistics: {
    title: 'Data statistics',
    run: (number: number): string => `Run ${number}`,
    topPairs: 'Most frequent pairs',
    scope: 'Counted over tasks with type and instances.',
    pairs: (distinct: number): string => `${counted(distinct, 'distinct pair')}.`,
    newPairs: (distinct: number, fresh: number): string =>
      `${counted(distinct, 'distinct pair')}; ${count(fresh)} (${percent(fresh, distinct)}) are in no seed task.`,
  },
  verbs: {
    title: verbsAndObjects,
    caption: (verbs: number): string =>
      `The ${verbs === 20 ? '20 ' : ''}most frequent root verbs and up to 4 direct objects of each, as in figure 3 of the paper, whose parser found a pair in ${count(26_559)} of ${count(52_445)} instructions (51%). Here a rule over the tagged words of the first sentence finds them. On ${MEASURED.instructions} English instructions labelled by hand it names the same verb as the annotator in ${percent(MEASURED.verb, MEASURED.instructions)}, and the same verb and object in ${percent(MEASURED.pair, MEASURED.instructions)}. Forms of “be” do not count as root verbs, nor pronouns as objects; other languages are not analysed.`,
    columns: ['verb and object', 'instructions', 'in the seeds'],
    middle: (tasks: number): string => `of ${count(tasks)} have a pair`,
    newPair: 'new pair, not in the seeds',
    pair: 'verb and object',
    inSeeds: (seeds: number): string => `pair also in the ${counted(seeds, 'seed')}, underlined`,
    others: 'other objects of the verb',
    keys: `${verbsAndObjects}. Arrow keys move, Enter lists the tasks of a part.`,
    empty: 'No instruction with a verb and a direct object yet.',
  },
  similarity: {
    title: 'Highest ROUGE-L to any seed',
    unit: 'ROUGE-L',
    what: 'machine instructions',
    axis: 'highest ROUGE-L to any seed task',
    compared: (instructions: number): string =>
      `Each machine instruction is compared with every seed task of the run, exactly; ${count(instructions)} compared. Instructions above the threshold are rejected.`,
    caption: 'The paper shows this histogram as figure 4, without numbers, so it is not drawn here.',
    noSeeds: 'This data set has no seed tasks to compare with.',
    empty: 'No machine instruction yet.',
  },
  funnel: {
    title: 'What happened to the candidates',
    caption:
      'The rules apply in this order; the first one that fails is the reason. The paper publishes no counts of rejected candidates.',
    fromFile:
      'A data set from a file contains accepted tasks only. A whole-run backup also has the rejected candidates.',
    empty: 'No candidate yet.',
  },
  accepted: {
    title: 'Accepted per request over time',
    caption:
      'In a run of more than 40 requests, a point is the mean of neighbouring requests. Candidates past the target are not accepted. A falling line means that the pool fills up and new instructions resemble it more. The paper publishes no such curve.',
    fromFile: 'A data set from a file does not say which request produced a task.',
    empty: 'No request of this run is stored.',
  },
  /** Lengths of the parts of a task. */
  lengths: {
    unit: 'words',
    instruction: {
      title: 'Instruction',
      what: 'instructions',
      caption: 'Figure 5 of the paper shows the same without numbers; the mean is given in its text.',
      empty: noInstances,
    },
    input: {
      title: 'Non-empty input',
      what: 'inputs',
      caption: 'Empty inputs are left out, as in figure 5 of the paper.',
      empty: 'No instance has an input yet.',
    },
    output: {
      title: 'Output',
      what: 'outputs',
      caption: 'Every instance counts, as in figure 5 of the paper.',
      empty: noInstances,
    },
  },
  tasks: {
    label: (pair: string): string => `Tasks with ${pair}`,
    count: (tasks: number): string => counted(tasks, 'task'),
    toPool: 'Pool',
    toPoolLabel: 'Pool: show this task',
    more: (left: number): string => `Show more (${count(left)} left)`,
  },
} as const;
