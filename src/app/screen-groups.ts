/** The screens by the steps of the method, in the order of the work, each with its icon. */
import BookOpen from '@lucide/svelte/icons/book-open';
import ChartPie from '@lucide/svelte/icons/chart-pie';
import Cpu from '@lucide/svelte/icons/cpu';
import Download from '@lucide/svelte/icons/download';
import GitCompare from '@lucide/svelte/icons/git-compare';
import House from '@lucide/svelte/icons/house';
import Layers from '@lucide/svelte/icons/layers';
import ListChecks from '@lucide/svelte/icons/list-checks';
import PenLine from '@lucide/svelte/icons/pen-line';
import Repeat from '@lucide/svelte/icons/repeat';
import Scale from '@lucide/svelte/icons/scale';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Sprout from '@lucide/svelte/icons/sprout';
import TrendingDown from '@lucide/svelte/icons/trending-down';
import Users from '@lucide/svelte/icons/users';
import type { MethodStep } from '../core/method-steps';
import type { Screen } from './address';

interface ScreenGroup {
  /** Null for what belongs to no step. */
  readonly step: MethodStep | null;
  readonly links: readonly { readonly screen: Screen; readonly Icon: typeof House }[];
}

export const SCREEN_GROUPS: readonly ScreenGroup[] = [
  {
    step: null,
    links: [
      { screen: 'start', Icon: House },
      { screen: 'lessons', Icon: BookOpen },
      { screen: 'loop', Icon: Repeat },
      { screen: 'models', Icon: Cpu },
    ],
  },
  {
    step: 'write',
    links: [
      { screen: 'seeds', Icon: Sprout },
      { screen: 'generate', Icon: PenLine },
      { screen: 'pool', Icon: Layers },
    ],
  },
  {
    step: 'judge',
    links: [
      { screen: 'decisions', Icon: SlidersHorizontal },
      { screen: 'review', Icon: ListChecks },
      { screen: 'analyse', Icon: ChartPie },
      { screen: 'compare', Icon: GitCompare },
    ],
  },
  {
    step: 'learn',
    links: [
      { screen: 'finetune', Icon: TrendingDown },
      { screen: 'evaluate', Icon: Scale },
    ],
  },
  {
    step: 'share',
    links: [
      { screen: 'export', Icon: Download },
      { screen: 'class', Icon: Users },
    ],
  },
];
