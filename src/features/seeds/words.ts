/** All that a user reads on the Seeds screen, by component. In texts for `Sentence`, `{name}` is a value. */
import { count, counted } from '../../ui/format';

export const WORDS = {
  title: 'Seeds',
  about:
    'Tasks written by people. A few of them are exemplars in every prompt, so the machine tasks resemble them. A run copies its set: changes here affect later runs only.',
  tasks: (seeds: number): string => counted(seeds, 'seed task'),
  useGood: (good: number): string => `Use the ${good === 1 ? 'good task' : `${count(good)} good tasks`}`,
  use: 'Use these seeds',
  retry: 'Try again',
  understood: 'Understood',
  report: {
    /** What a file holds, in one line; without the repeated and bad ones where there are none. */
    found: (bad: number, repeated: number): string =>
      ['{good}', ...(bad > 0 ? [counted(bad, 'bad line')] : []), ...(repeated > 0 ? [`${count(repeated)} repeated`] : [])]
        .join(', ')
        .concat('.'),
    good: (tasks: number): string => counted(tasks, 'good task'),
    goodAsIs: 'The good ones can be used as they are.',
    nothing: 'No seed task could be read.',
    shape:
      'A seed file has one JSON object a line, with "instruction" and "instances". Save a set from this screen to see one.',
    badLines: 'Bad lines',
    line: 'Line',
    reason: 'Why it is not used',
    leave: 'Leave the set as it is',
    close: 'Close',
    save: 'Save the list of bad lines',
    fileName: (file: string): string => `${file}-bad-lines.txt`,
    fileLine: (file: string, line: number, reason: string): string => `${file}, line ${line}: ${reason}`,
  },
  list: {
    types: (classification: number, other: number): string =>
      `${count(classification)} classification, ${count(other)} other`,
    add: 'Add a task',
    warned: (tasks: number): string =>
      tasks === 1 ? 'One task has a warning.' : `${count(tasks)} tasks have warnings.`,
    onlyWarned: 'Show only these',
    search: 'Search the seed tasks',
    label: 'Seed tasks',
    empty: 'No seed task yet',
    emptyText: 'A run needs tasks written by people. Add one, or choose another set.',
    noMatch: 'No task matches',
    showAll: 'Show all',
    instruction: 'Instruction',
    type: 'Type',
    instances: 'Instances',
    classification: 'Classification',
    other: 'Other',
  },
  sets: {
    title: 'Set',
    label: 'Seed set',
    note: 'The built-in model starts with the simple set.',
    name: 'Name of this set',
    beginEmpty: 'Begin an empty set',
    save: 'Save as JSONL',
    remove: 'Remove set',
    drop: 'Use your own seeds',
    dropNote: 'Drop a JSONL file here or choose one: one task a line. It is read in this tab and sent nowhere.',
  },
  /** Text that was typed and not saved before the tab was closed. */
  unsaved: {
    title: 'A seed task was not saved',
    text: (instruction: string): string =>
      instruction === '' ? 'Its text is still here.' : `Its text is still here: “${instruction}”`,
    open: 'Continue writing',
    discard: 'Discard the text',
  },
  conflict: {
    changed: 'Another tab changed this task',
    removed: 'Another tab removed this task',
    choose: 'Your version is in the form below, the other one is stored. Nothing is lost until you choose.',
    chooseRemoved: 'Your version is in the form below. Nothing is lost until you choose.',
    theirs: 'The version of the other tab',
    classification: 'Classification task',
    other: 'Not a classification task',
    mine: 'Use my version',
    keepTheirs: 'Use the other version',
    both: 'Keep both',
    addAgain: 'Add my version again',
    leaveRemoved: 'Leave it removed',
  },
  editor: {
    restored: 'This text was typed before and not saved.',
    asStored: 'Start from the stored task',
    newTask: 'New seed task',
    task: 'Seed task',
    instruction: 'Instruction',
    instructionHelp: 'What the task asks, in one or a few sentences.',
    classification: 'Classification task',
    classificationHelp: 'The answer is one of a few labels.',
    instances: 'Instances',
    instancesNote: 'pairs of input and output; the input may be empty',
    instance: (number: number): string => `Instance ${number}`,
    removeInstance: (number: number): string => `Remove instance ${number}`,
    input: 'Input',
    output: 'Output',
    addInstance: 'Add an instance',
    warnings: 'Warnings',
    otherFields: 'Other fields, stored unchanged',
    add: 'Add the task',
    save: 'Save the task',
    incomplete: 'It needs an instruction.',
    cancel: 'Cancel',
    remove: 'Remove',
  },
} as const;
