'use client';
import { useState } from 'react';
import { useText } from '../_languages/language-provider.tsx';
import type { CommandBlockProps } from '../_lessons/types.ts';
import { CommandEditor } from './command-editor.tsx';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icons.tsx';
import { type RunState, useRunCommand } from './use-run-command.ts';

/** Commands that run in the named node's terminal on a click, as they stand or edited before. */
export function CommandBlock({ node, command }: Pick<CommandBlockProps, 'node' | 'command'>) {
  const t = useText();
  const [text, setText] = useState(command);
  const [editing, setEditing] = useState(false);
  const { state, run } = useRunCommand(node);
  return (
    <div data-testid="command" className="acting overflow-hidden rounded-lg border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-1 border-line border-b bg-sunken py-1 pr-1.5 pl-3">
        <span className="mr-auto font-medium font-mono text-muted text-xs">{node}</span>
        <CopyButton text={text} />
        <button
          type="button"
          className="button button-quiet"
          aria-pressed={editing}
          onClick={() => setEditing(!editing)}
        >
          <Icon name="pencil" />
          {t('command.edit')}
        </button>
        <button
          type="button"
          className="button button-tint"
          aria-label={t('command.runOn', { node })}
          disabled={!text.trim()}
          onClick={() => run(text)}
        >
          <Icon name="play" className="size-3.5" />
          {t('command.run')}
        </button>
      </div>
      {editing ? (
        <CommandEditor
          node={node}
          text={text}
          onChange={setText}
          onLeave={() => setEditing(false)}
          onRun={() => {
            setEditing(false);
            run(text);
          }}
        />
      ) : (
        <pre className="wrap-anywhere whitespace-pre-wrap px-3">
          <code>{text}</code>
        </pre>
      )}
      <RunNotice node={node} state={state} onInterrupt={() => run(text, true)} />
    </div>
  );
}

type RunNoticeProps = { node: string; state: RunState; onInterrupt(): void };

/** What became of the click, said where the click was. */
export function RunNotice({ node, state, onInterrupt }: RunNoticeProps) {
  const t = useText();
  return (
    <div role="status" className={state === 'idle' ? '' : 'border-line border-t px-3 py-1.5 text-sm'}>
      {state === 'sent' && <span className="text-muted">{t('command.sent', { node })}</span>}
      {state === 'opening' && <span className="text-muted">{t('command.opening', { node })}</span>}
      {state === 'no-pod' && <span className="text-warn">{t('command.noPod', { node })}</span>}
      {state === 'no-terminal' && <span className="text-warn">{t('command.noTerminal', { node })}</span>}
      {state === 'busy' && (
        <span className="flex flex-wrap items-center gap-3 text-warn">
          {t('command.busy', { node })}
          <button type="button" className="button" onClick={onInterrupt}>
            {t('command.interrupt')}
          </button>
        </span>
      )}
    </div>
  );
}
