import type { Translate } from '../_languages/translate.ts';
import { agentTrouble } from './agent-trouble.ts';

/** Lessons can be read without an agent, so its absence is told and stops nothing. */
export async function AgentNotice({ t }: { t: Translate }) {
  const trouble = await agentTrouble();
  if (!trouble) return null;
  return (
    <div
      role="status"
      data-testid="agent-down"
      className="mt-8 rounded-xl border border-warn/40 bg-warn-soft px-5 py-4"
    >
      <p className="font-medium text-warn">{t('home.agentDown')}</p>
      <p className="mt-1 text-sm leading-relaxed">{trouble}</p>
      <p className="mt-1 text-muted text-sm leading-relaxed">{t('home.agentDown.hint')}</p>
    </div>
  );
}
