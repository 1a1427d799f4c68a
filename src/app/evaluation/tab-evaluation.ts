/** The evaluation of this tab with its figures: one for all screens, so that each shows what another one began. */
import type { AppState } from '../app-state.svelte';
import { EvaluationResults } from './evaluation-results.svelte';
import { EvaluationSession } from './evaluation-session.svelte';

export class TabEvaluation {
  readonly session: EvaluationSession;
  readonly results: EvaluationResults;

  constructor({ services }: AppState) {
    this.session = new EvaluationSession(services);
    this.results = new EvaluationResults(this.session);
  }
}
