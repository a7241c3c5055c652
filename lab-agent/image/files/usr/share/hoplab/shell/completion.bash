# bash-completion, read at the first Tab: reading it takes ten times as long as the rest of the start. 124 means "try again".
__hoplab_completion() {
  unset -f __hoplab_completion
  complete -r -D
  [ -r /usr/share/bash-completion/bash_completion ] && . /usr/share/bash-completion/bash_completion
  return 124
}
complete -D -F __hoplab_completion
