import { useLanguage } from '../_languages/language-provider.tsx';

const en = {
  terminals: 'Terminals',
  terminal: 'Terminal {name}',
  leave: 'F6 leaves the terminal for the text. Ctrl-Shift-F searches, Ctrl-Shift-C copies, Ctrl-Shift-V pastes.',
  open: 'New terminal',
  openOn: 'New terminal on {name}',
  pods: 'Pods',
  nodes: 'Nodes',
  container: 'container',
  netns: 'network namespace',
  openExec: 'Shell in the container of {name} (kubectl exec)',
  openNetns: 'Shell in the network namespace of {name}',
  close: 'Close {name}',
  beside: 'Split side by side',
  below: 'Split one above the other',
  unsplit: 'Show {name} no longer',
  menu: 'Terminal settings',
  larger: 'Larger text',
  smaller: 'Smaller text',
  usual: 'Usual text size',
  screenReader: 'Screen reader mode',
  search: 'Search',
  searchNone: 'Nothing found',
  next: 'Next match',
  previous: 'Previous match',
  closeSearch: 'Close the search',
  connecting: 'Connecting …',
  reconnecting: 'Connection lost. The shell runs on; reconnecting …',
  dropped: 'Not connected: what you typed was not sent.',
  exited: 'The shell has ended',
  exitedWith: 'The shell has ended with status {name}',
  gone: 'This terminal has been closed.',
  anew: 'Open a new one',
  retry: 'Try now',
  none: 'No terminal is open',
  loading: 'Loading the terminal …',
  failed: 'The terminal could not be loaded. Is the page’s server still there?',
};
export type TerminalLabels = typeof en;

const ko: TerminalLabels = {
  terminals: '터미널',
  terminal: '터미널 {name}',
  leave: 'F6을 누르면 본문으로 나갑니다. Ctrl-Shift-F 검색, Ctrl-Shift-C 복사, Ctrl-Shift-V 붙여넣기.',
  open: '새 터미널',
  openOn: '{name}에 새 터미널 열기',
  pods: '파드',
  nodes: '노드',
  container: '컨테이너',
  netns: '네트워크 네임스페이스',
  openExec: '{name} 컨테이너에서 셸 열기 (kubectl exec)',
  openNetns: '{name} 네트워크 네임스페이스에서 셸 열기',
  close: '{name} 닫기',
  beside: '좌우로 나누기',
  below: '위아래로 나누기',
  unsplit: '{name} 그만 보기',
  menu: '터미널 설정',
  larger: '글자 크게',
  smaller: '글자 작게',
  usual: '기본 글자 크기',
  screenReader: '화면 낭독기 모드',
  search: '검색',
  searchNone: '찾을 수 없습니다',
  next: '다음 결과',
  previous: '이전 결과',
  closeSearch: '검색 닫기',
  connecting: '연결하는 중 …',
  reconnecting: '연결이 끊겼습니다. 셸은 계속 실행 중이며 다시 연결하고 있습니다 …',
  dropped: '연결되어 있지 않아 입력한 내용을 보내지 않았습니다.',
  exited: '셸이 끝났습니다',
  exitedWith: '셸이 상태 {name}(으)로 끝났습니다',
  gone: '이 터미널은 닫혔습니다.',
  anew: '새로 열기',
  retry: '지금 시도',
  none: '열린 터미널이 없습니다',
  loading: '터미널을 불러오는 중 …',
  failed: '터미널을 불러오지 못했습니다. 페이지 서버가 켜져 있나요?',
};

/** The terminals' texts in the page's language; `{name}` is filled in by `named`. */
export function useTerminalLabels(): TerminalLabels {
  return useLanguage() === 'ko' ? ko : en;
}

export function named(label: string, name: string): string {
  return label.replace('{name}', name);
}
