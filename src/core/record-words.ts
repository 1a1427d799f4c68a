/** Why a record of a file is refused. Reasons are clauses: they follow a colon. */
export const RECORD_WORDS = {
  notObject: 'this is not a JSON object',
  brokenJson: 'this is not JSON: it is incomplete or has an error',
  nul: 'the line contains a NUL byte, so it is not text',
  deep: (max: number): string => `it is nested deeper than ${max} levels`,
  repeatedKey: (key: string): string =>
    `it has the name "${key}" twice in one object, and only one of the two values could be kept`,
  largeNumber: 'a number is too large',
  manyDigits: 'a number has more digits than can be stored',
  halfCharacter: 'a text contains half of a character (a lone surrogate)',
  nulCharacter: 'a text contains a NUL character',
  seedTask: 'a seed task is an object with "instruction" and "instances"',
  newer: 'it was written by a newer version of this app',
  notRecording: 'it does not begin like a recording of this app',
  notBackup: 'it does not begin like a backup of this app',
  unknownVersion: (version: number): string => `its version (${version}) is unknown`,
  notRatings: 'it does not begin like a file of ratings of this app',
  notHandIn: 'it is not a hand-in of this app',
  noPupil: 'it has no name of a pupil or a group',
  noRater: 'its first line has no rater or an unknown version',
  manySeeds: (max: number): string => `only the first ${max} seed tasks are read`,
  manyTasks: (max: number): string => `only the first ${max} tasks are read`,
  hopeless: (lines: number): string => `reading stops here: ${lines} lines are not seed tasks`,
  noReference: 'it has no "instances", "output", "references" or "target": nothing to compare with',
  badInstances: (count: number, reason: string): string =>
    `${count} of its instances cannot be used; the first because ${reason}`,
  noResponse: 'it has no "response" and no "prediction"',
  /** What a field must be, after “is not”. */
  kinds: {
    text: 'text',
    name: 'a name',
    ratingId: 'the id of its task and rater',
    modelKey: "a model's key like m01",
    taskCount: 'an evaluation with as many tasks as it says',
    answers: 'an evaluation whose answers belong to its models and tasks',
  },
  /** @param path of the field, null for the record itself */
  field: {
    where: (path: string | null): string => (path === null ? 'the row' : `"${path}"`),
    missing: (where: string): string => `${where} is missing`,
    empty: (where: string): string => `${where} is empty`,
    long: (where: string): string => `${where} is too long`,
    badId: (where: string): string => `${where} is not an id of this app`,
    not: (where: string, kind: string): string => `${where} is not ${kind}`,
    other: (where: string, expected: string, received: string): string =>
      `${where} should be ${expected}, but is ${received}`,
    unknown: 'something else',
  },
} as const;
