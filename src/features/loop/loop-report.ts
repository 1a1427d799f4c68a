/** The report of a loop: what its screen shows, as one HTML file that prints well. */
import type { EvaluationRecord, EvaluationTask } from '../../core/evaluation/evaluation';
import { answerText } from '../../core/evaluation/evaluation';
import type { EvaluationFigures } from '../../core/evaluation/figures';
import { RESAMPLING } from '../../core/evaluation/resampling';
import { funnel } from '../../core/analysis/funnel';
import type { PlanRecord } from '../../core/plan/plan';
import { type HtmlReport, htmlReport, type ReportPart } from '../../export/html-report';
import { fileName } from '../../io/file-name';
import { funnelData } from '../../shared/figures/funnel-data';
import { curvesOf, lossData } from '../../shared/figures/loss-data';
import { WORDS as FIGURES } from '../../shared/figures/words';
import { scoreData, scoreTable } from '../../shared/scores/score-charts';
import { ruleOf, signed, signedRange, verdict, WORDS as SCORES } from '../../shared/scores/words';
import type { ChartTable } from '../../ui/charts/chart-data';
import type { Drawing } from '../../ui/charts/drawing';
import { funnelDrawing } from '../../ui/charts/funnel-drawing';
import { intervalDrawing } from '../../ui/charts/interval-drawing';
import { lineDrawing } from '../../ui/charts/line-drawing';
import { chartMarkup } from '../../ui/charts/save-chart';
import { decimal } from '../../ui/format';
import { change, drawnTasks, type LoopMade } from './loop-result';
import { madeFacts } from './made-facts';
import { WORDS } from './words';

/** Of a chart: what fits on A4 with its margins. */
const WIDTH = 640;

export interface ReportedLoop {
  readonly plan: PlanRecord;
  readonly made: LoopMade;
  readonly record: EvaluationRecord;
  readonly tasks: readonly EvaluationTask[];
  readonly figures: EvaluationFigures;
  /** How words are compared. */
  readonly stem: boolean;
  readonly version: string;
  /** The text, or what stands in its place while the words for a classroom hide it. */
  readonly cover: (text: string) => string;
}

export const loopReportName = ({ id, name }: PlanRecord): string => `${id}-${fileName(name)}.html`;

export const loopReport = (loop: ReportedLoop): Blob =>
  new Blob([htmlReport(contentsOf(loop))], { type: 'text/html' });

function contentsOf(loop: ReportedLoop): HtmlReport {
  const { plan, record, figures, version } = loop;
  const words = WORDS.report;
  return {
    title: words.title(plan.name),
    lead: words.lead,
    sections: [
      { title: SCORES.scores.title(figures.measure, record.set.count), parts: scoreParts(loop) },
      ...madeSections(loop),
      { title: words.answers, parts: answerParts(loop) },
    ],
    foot: words.foot(version, new Date(plan.createdAt)),
  };
}

function scoreParts({ figures, made, stem }: ReportedLoop): readonly ReportPart[] {
  const pair = change(figures, made);
  return [
    chart(intervalDrawing(scoreData(figures, 'none'), WIDTH), 'scores'),
    table(scoreTable(figures, 'none')),
    ...(pair
      ? [
          {
            kind: 'facts' as const,
            rows: [
              [WORDS.report.change, `${signed(pair.test.difference)} (${signedRange(pair.test)})`] as const,
              [WORDS.report.shares, SCORES.difference.shares(pair.wins, pair.ties, pair.losses)] as const,
            ],
          },
          text(SCORES.difference.verdicts[verdict(pair.test)]),
        ]
      : []),
    text(SCORES.scores.caption(ruleOf(figures.measure, stem), RESAMPLING.resamples, false)),
    text(SCORES.difference.measures[figures.measure]),
  ];
}

function madeSections({ plan, made, record }: ReportedLoop): HtmlReport['sections'] {
  const { run, after, seedsAlone } = made;
  const words = WORDS.made;
  const counts = run && funnel(run.progress);
  return [
    {
      title: words.title,
      parts: [
        { kind: 'facts', rows: madeFacts(made, plan, record) },
        ...(seedsAlone ? [text(words.equal)] : []),
      ],
    },
    ...(counts
      ? [
          {
            title: WORDS.funnel.title,
            parts: [
              chart(funnelDrawing(funnelData(counts), WIDTH), 'funnel'),
              text(WORDS.funnel.caption(counts.candidates)),
            ],
          },
        ]
      : []),
    ...(after && after.curve.length > 0
      ? [
          {
            title: FIGURES.loss.title,
            parts: [
              chart(lineDrawing(lossData(curvesOf(after, after)), WIDTH), 'loss'),
              text(FIGURES.loss.caption),
            ],
          },
        ]
      : []),
  ];
}

function answerParts({ record, tasks, figures, cover }: ReportedLoop): readonly ReportPart[] {
  return [
    text(WORDS.answers.about),
    ...drawnTasks(tasks, record.config.seed).flatMap((place): ReportPart[] => {
      const task = tasks[place];
      if (!task) return [];
      const answers = record.models.flatMap(({ key, name }) => {
        const given = figures.sheets.get(key)?.[place];
        if (!given) return [];
        const answer = answerText(given.answer.text);
        const note = WORDS.report.points(decimal(100 * given.score.rougeL));
        return [{ name, note, text: answer === '' ? SCORES.compared.empty : cover(answer) }];
      });
      const reference = { name: SCORES.compared.reference, note: '', text: cover(task.references[0] ?? '') };
      const [instruction, input] = [cover(task.instruction), cover(task.input.trim())];
      return [{ kind: 'answers', instruction, input, answers: [...answers, reference] }];
    }),
  ];
}

const chart = (drawing: Drawing, id: string): ReportPart => ({
  kind: 'chart',
  svg: chartMarkup(drawing, id),
});
const table = ({ columns, rows }: ChartTable): ReportPart => ({ kind: 'table', columns, rows });
const text = (content: string): ReportPart => ({ kind: 'text', text: content });
