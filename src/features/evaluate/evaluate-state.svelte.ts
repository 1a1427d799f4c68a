/** Everything of the Evaluate screen; it outlives the screen, so that asking goes on while another one is shown. */
import { type Failure, failureOf } from '../../core/errors';
import type { EvaluationRecord } from '../../core/evaluation/evaluation';
import { EvaluationGrades } from './evaluation-grades.svelte';
import { TabEvaluation } from '../../app/evaluation/tab-evaluation';
import type { EvaluationResults } from '../../app/evaluation/evaluation-results.svelte';
import type { EvaluationSession } from '../../app/evaluation/evaluation-session.svelte';
import { EvaluationSetup } from './evaluation-setup.svelte';
import type { AppState } from '../../app/app-state.svelte';
import { Rater } from '../../shared/raters/rater.svelte';
import type { Services } from '../../app/services';

export class EvaluateState {
  readonly session: EvaluationSession;
  readonly results: EvaluationResults;
  readonly setup: EvaluationSetup;
  readonly grades: EvaluationGrades;
  /** Newest first. */
  records = $state.raw<readonly EvaluationRecord[]>([]);
  loaded = $state(false);
  failure = $state.raw<Failure | null>(null);

  readonly #services: Services;

  constructor(app: AppState) {
    const { services } = app;
    this.#services = services;
    ({ session: this.session, results: this.results } = app.lasting(TabEvaluation));
    this.setup = new EvaluationSetup(services);
    this.grades = new EvaluationGrades(services, this.session, app.lasting(Rater));
    services.evaluations.watch(({ kind }) => {
      if (kind !== 'answered') void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    try {
      this.records = await this.#services.evaluations.list();
      this.failure = null;
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.loaded = true;
  }

  /** Begins what is chosen. Without a model it waits for answers from a file. */
  async begin(): Promise<void> {
    const request = await this.setup.request();
    if (request) await this.session.start(request);
  }
}
