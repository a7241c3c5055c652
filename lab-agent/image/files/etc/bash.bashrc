# Interactive shells of a node. Builtins only: a fork costs a millisecond, and the learner waits for this prompt.
[ -z "$PS1" ] && return
: "${TERM:=xterm-256color}" "${LANG:=C.UTF-8}" "${EDITOR:=vim}" "${LESS:=-R}"
export TERM LANG EDITOR LESS
shopt -s checkwinsize histappend cmdhist

HISTSIZE=100000 HISTFILESIZE=100000 HISTCONTROL=ignoredups HISTTIMEFORMAT='%F %T  '

alias ls='ls --color=auto' ll='ls -l --color=auto' la='ls -lA --color=auto'
alias grep='grep --color=auto' egrep='grep -E --color=auto' fgrep='grep -F --color=auto' diff='diff --color=auto'
alias ip='ip -c=auto'

. /usr/share/hoplab/shell/prompt.bash
. /usr/share/hoplab/shell/completion.bash
