# Yours: /etc/profile and /etc/bash.bashrc have been read before.
