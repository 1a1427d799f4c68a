/** The analysis without a worker; all work is done when it is asked. */
import type { Analyst } from '../core/analysis/analyst';
import type { JudgedCandidate } from '../core/analysis/kept-per-request';
import {
  type AnalysedTask,
  type Figures,
  type PairQuery,
  type PairTasks,
  RunAnalysis,
} from '../core/analysis/run-analysis';
import type { Tag } from '../core/analysis/verb-noun';
import { OracleIndex } from '../core/similarity/oracle-index';
import type { TaskId } from '../core/task';

/** A tagger that knows no grammar: the first word is a verb, all others are nouns. */
export const plainTag: Tag = (text) =>
  text
    .toLowerCase()
    .split(/[\s.,:;?!]+/u)
    .filter(Boolean)
    .map((word, i) => {
      const tags = new Set(i === 0 ? ['Verb', 'Infinitive', 'Imperative'] : ['Noun', 'Singular']);
      return { word, lemma: word, tags, after: '' };
    });

export class LocalAnalyst implements Analyst {
  #analysis = new RunAnalysis(plainTag, new OracleIndex('ascii'));

  begin(tokens: 'ascii' | 'unicode'): Promise<void> {
    this.#analysis = new RunAnalysis(plainTag, new OracleIndex(tokens));
    return Promise.resolve();
  }
  put(tasks: readonly AnalysedTask[]): Promise<void> {
    this.#analysis.put(tasks);
    return Promise.resolve();
  }
  remove(ids: readonly TaskId[]): Promise<void> {
    this.#analysis.remove(ids);
    return Promise.resolve();
  }
  verdicts(verdicts: readonly JudgedCandidate[]): Promise<void> {
    this.#analysis.verdicts(verdicts);
    return Promise.resolve();
  }
  figures(): Promise<Figures> {
    this.#analysis.work(() => true);
    return Promise.resolve(this.#analysis.figures());
  }
  tasksOf(query: PairQuery, limit: number): Promise<PairTasks> {
    return Promise.resolve(this.#analysis.tasksOf(query, limit));
  }
}
