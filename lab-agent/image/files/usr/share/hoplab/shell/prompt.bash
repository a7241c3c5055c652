# The prompt: root@k8s-m:~# ; inside a named network namespace root@k8s-m(RED):~#

# A shell never changes its network namespace, so it is looked up once. -ef compares namespaces without a fork.
__hoplab_netns=
for __hoplab_name in /run/netns/*; do
  if [[ $__hoplab_name -ef /proc/self/ns/net ]]; then __hoplab_netns="(${__hoplab_name##*/})"; fi
done
unset __hoplab_name

# OSC 133 marks tell the terminal host that a command has ended, with its exit status, and that a prompt begins. They are
# printed here and not by PS1, which readline prints again whenever it redraws the line. bash keeps $? for the learner.
__hoplab_prompt() {
  printf '\e]133;D;%d\a\e]133;A\a' "$?"
  history -a
}
PROMPT_COMMAND=(__hoplab_prompt)
PS1='\[\e[1;32m\]\u@\h\[\e[0m\]\[\e[1;33m\]${__hoplab_netns}\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
PS2='\[\e]133;A;k=s\a\]> '
