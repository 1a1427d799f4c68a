/** What a snapshot of the database would bring back. */
export interface SnapshotContent {
  readonly runs: number;
  /** Machine tasks. */
  readonly tasks: number;
  readonly trainings: number;
  readonly evaluations: number;
  readonly seedSets: number;
  readonly models: number;
}
